-- Version 5: codes counted by who asks, failed sign-ins apart from accounts, messages that expire, are recalled or
-- silenced.

ALTER TABLE code ADD COLUMN asker INTEGER NOT NULL DEFAULT 0;  -- 0 a stranger's app, 1 a known device, 2 a text message, 3 a plain page,
                                                               -- 4 none: a page that waits for one of 2
CREATE INDEX code_by_number_and_address ON code (mobile, address, created);
DROP TABLE wrong_code;

-- Wrong passwords, by a keyed hash of a name and where it was tried, of a name alone, or of an address alone.
CREATE TABLE sign_in_failure (
    key   BLOB    PRIMARY KEY,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,                -- since when it counts
    last  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failure_by_last ON sign_in_failure (last);

-- Numbers to which nothing goes: about no case, or about one.
CREATE TABLE silenced (
    mobile    TEXT    NOT NULL,
    reference INTEGER,
    at        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX silenced_by_mobile ON silenced (mobile, coalesce(reference, 0));

CREATE INDEX session_by_actor ON session (actor, created);

-- As before, with more states, an urgency and an end.
CREATE TABLE message (
    id            INTEGER PRIMARY KEY,
    reference     INTEGER,
    recipient     TEXT    NOT NULL,
    template      TEXT    NOT NULL,
    registered_id TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    state         TEXT    NOT NULL DEFAULT 'pending'
                  CHECK (state IN ('pending', 'sent', 'dead', 'expired', 'recalled', 'silenced')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    sent          INTEGER,
    error         TEXT,
    cause         TEXT    UNIQUE,
    priority      INTEGER NOT NULL DEFAULT 1,  -- 0: a code, sent before and beside all others
    expires       INTEGER                      -- after which it would be of no use
) STRICT;
INSERT INTO message (id, reference, recipient, template, registered_id, language, body, state, attempts, next_try, created,
                     sent, error, cause, priority, expires)
    SELECT id, reference, recipient, template, registered_id, language, body, state, attempts, next_try, created, sent,
           error, cause, template <> 'code', CASE template WHEN 'code' THEN created + 600000 END FROM outbox;
DROP TABLE outbox;
ALTER TABLE message RENAME TO outbox;
CREATE INDEX outbox_pending ON outbox (priority, next_try) WHERE state = 'pending';
CREATE INDEX outbox_pending_of_case ON outbox (reference, recipient, id) WHERE state = 'pending' AND reference IS NOT NULL;
CREATE INDEX outbox_expiring ON outbox (expires) WHERE state = 'pending' AND expires IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient, created);
