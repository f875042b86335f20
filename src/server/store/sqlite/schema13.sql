-- Version 13: telephone calls, as the exchange tells of them.

CREATE TABLE phone_call (
    id        TEXT PRIMARY KEY,
    staff     INTEGER NOT NULL,
    reference INTEGER NOT NULL,
    begun     INTEGER NOT NULL,  -- milliseconds since 1970, as all times
    by_hand   INTEGER NOT NULL,  -- 1 where no exchange makes it
    rang      INTEGER,
    answered  INTEGER,
    ended     INTEGER,
    failed    INTEGER NOT NULL DEFAULT 0,
    outcome   TEXT               -- as recorded by the caller
) WITHOUT ROWID;
CREATE INDEX phone_call_of_staff ON phone_call (staff, begun);
CREATE INDEX phone_call_by_age ON phone_call (begun);
