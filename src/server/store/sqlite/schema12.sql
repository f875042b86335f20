-- Version 12: texts of messages are packed, what many messages have in common stands once, and every 64th record alone
-- keeps the hash of its chain. Messages are moved by the program (slim.rs), which knows how they are packed.

-- The registered texts that messages were made from.
CREATE TABLE template (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    registered_id TEXT NOT NULL,
    language      TEXT NOT NULL,
    UNIQUE (name, registered_id, language)
) STRICT;

DROP INDEX outbox_pending;
DROP INDEX outbox_pending_of_case;
DROP INDEX outbox_expiring;
DROP INDEX outbox_by_recipient;
DROP INDEX outbox_of_nobody;
ALTER TABLE outbox RENAME TO outbox11;
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    reference  INTEGER,
    recipient  INTEGER NOT NULL,           -- the ten digits
    template   INTEGER NOT NULL,
    created    INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    cause      INTEGER,                    -- the ledger entry that it tells of
    state      INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 5),
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_try   INTEGER,                    -- while it waits
    sent_after INTEGER,                    -- milliseconds from `created` until the gateway had it
    error      TEXT,
    priority   INTEGER NOT NULL DEFAULT 1, -- 0: a code, sent before and beside all others
    expires    INTEGER,                    -- after which it would be of no use
    packed     BLOB    NOT NULL,           -- the text
    record     INTEGER                     -- its number in the chain of records, where it is its own record
) STRICT;
CREATE INDEX outbox_pending ON outbox (priority, next_try) WHERE state = 0;
CREATE INDEX outbox_pending_of_case ON outbox (reference, recipient, id) WHERE state = 0 AND reference IS NOT NULL;
CREATE INDEX outbox_expiring ON outbox (expires) WHERE state = 0 AND expires IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient);
CREATE INDEX outbox_of_nobody ON outbox (created) WHERE reference IS NULL;

DROP TRIGGER record_is_not_changed;
DROP TRIGGER record_is_not_deleted;
ALTER TABLE record RENAME TO record11;
CREATE TABLE record (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,              -- milliseconds since 1970, UTC
    kind    INTEGER NOT NULL,              -- its place in `chain::KINDS`
    subject TEXT    NOT NULL,              -- key of the row
    digest  BLOB,                          -- SHA-256 of the row; none where it was removed
    hash    BLOB                           -- of the chain after it; of every 64th record
) STRICT;
INSERT INTO record (seq, at, kind, subject, digest, hash)
    SELECT seq, at,
           CASE kind WHEN 'account' THEN 0 WHEN 'office' THEN 1 WHEN 'rules' THEN 2 WHEN 'person' THEN 3
                     WHEN 'attachment' THEN 4 WHEN 'head' THEN 5 WHEN 'message' THEN 6 WHEN 'silenced' THEN 7
                     WHEN 'setting' THEN 8 WHEN 'loss' THEN 9 WHEN 'erased' THEN 10 ELSE -1 END,
           subject, digest, CASE seq % 64 WHEN 0 THEN hash END
    FROM record11 ORDER BY seq;
CREATE TRIGGER record_is_not_changed BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;

-- Where the records end stands with the end of the ledger.
ALTER TABLE ledger_end ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_end ADD COLUMN record_hash BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
UPDATE ledger_end SET (records, record_hash) = (SELECT seq, hash FROM record11 ORDER BY seq DESC LIMIT 1)
    WHERE EXISTS (SELECT 1 FROM record11);
DROP TABLE record11;
