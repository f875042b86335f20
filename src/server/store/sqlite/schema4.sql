-- Version 4: facts about the database itself; readings and records in chains of their own; digests of stored files.

-- What the database knows about itself: the fingerprint of its secret, the version of its views, the last sign of life.
CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Who has read what. `access`, the table before, is taken over by the program.
CREATE TABLE reading (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    staff      INTEGER,
    role       TEXT    NOT NULL,
    department TEXT,
    what       TEXT    NOT NULL,           -- case, number, call, caller, photo, voice, list, figures
    reference  INTEGER,                    -- of one case
    person     INTEGER,                    -- of a number that was looked up
    cases      INTEGER NOT NULL,           -- how many were shown
    reason     TEXT,                       -- of a number that was shown whole
    hash       BLOB    NOT NULL
) STRICT;
CREATE INDEX reading_by_case ON reading (reference, at) WHERE reference IS NOT NULL;
CREATE INDEX reading_by_person ON reading (person, at) WHERE person IS NOT NULL;
CREATE TRIGGER reading_is_not_changed BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;
CREATE TRIGGER reading_is_not_deleted BEFORE DELETE ON reading BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;

-- What is kept beside the ledger and must not change unnoticed: one entry for each change of an account, an office, a
-- rule set, a proved number, an attachment, a published head.
CREATE TABLE record (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,              -- milliseconds since 1970, UTC
    kind    TEXT    NOT NULL,
    subject TEXT    NOT NULL,              -- key of the row
    digest  BLOB,                          -- SHA-256 of the row; none where it was removed
    hash    BLOB    NOT NULL
) STRICT;
CREATE TRIGGER record_is_not_changed BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records stay'); END;

ALTER TABLE attachment ADD COLUMN stored BLOB;      -- SHA-256 of the stored file
ALTER TABLE ledger_head ADD COLUMN chains TEXT;     -- where the other two chains ended, signed; JSON
