-- Version 10: entries, words and cases are packed; every 64th entry alone keeps the hash of the chain, and the end of the
-- ledger stands in a row of its own. The rows are moved by the program (compact.rs), which knows how they are packed.

DROP TRIGGER event_is_not_changed;
DROP TRIGGER event_is_not_deleted;
ALTER TABLE event RENAME TO event9;
ALTER TABLE document RENAME TO document9;

-- The ledger. Nothing here names a person.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,
    reference  INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    packed     BLOB    NOT NULL,           -- who and what: two lines of JSON
    commitment BLOB,
    hash       BLOB,                       -- of the chain after it; of every 64th entry
    UNIQUE (reference, version)
) STRICT;

-- Words, apart from the ledger: a row can be erased and the chain stays whole.
CREATE TABLE document (
    seq    INTEGER PRIMARY KEY REFERENCES event (seq),
    salt   BLOB NOT NULL,
    packed BLOB NOT NULL                   -- JSON
) STRICT;

-- Where the ledger ends: one row.
CREATE TABLE ledger_end (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    seq   INTEGER NOT NULL,
    hash  BLOB    NOT NULL,
    cases INTEGER NOT NULL                 -- how many there are
) STRICT;

-- A view: everything here follows from the ledger and can be rebuilt from it.
DROP TABLE grievance;
CREATE TABLE grievance (
    ordinal            INTEGER PRIMARY KEY, -- in the order of lodging, from 1 on without gaps
    reference          INTEGER NOT NULL UNIQUE,
    lodged_seq         INTEGER NOT NULL,    -- its first entry
    seq                INTEGER NOT NULL,    -- its last entry
    version            INTEGER NOT NULL,
    stage              INTEGER NOT NULL,
    lane               INTEGER NOT NULL,
    holder             TEXT,                -- none where nobody has it
    citizen            INTEGER NOT NULL,
    district           INTEGER,
    place              INTEGER,
    category           TEXT,
    department         TEXT,
    office             INTEGER,
    offered_department TEXT,
    offered_office     INTEGER,
    root               INTEGER,
    visit_due          INTEGER NOT NULL,
    disowned           INTEGER NOT NULL,
    shielded           INTEGER NOT NULL,
    disputes           INTEGER NOT NULL,
    lodged_at          INTEGER NOT NULL,
    stage_since        INTEGER NOT NULL,
    due                INTEGER NOT NULL,    -- 9000000000000000 where there is none
    next_deadline      INTEGER,
    packed             BLOB    NOT NULL     -- the whole case, JSON
) STRICT;
CREATE UNIQUE INDEX grievance_by_seq ON grievance (seq);
CREATE INDEX grievance_by_holder ON grievance (holder, due, reference) WHERE holder IS NOT NULL;
CREATE INDEX grievance_by_offer ON grievance (offered_department, offered_office) WHERE offered_department IS NOT NULL;
CREATE INDEX grievance_by_citizen ON grievance (citizen);
CREATE INDEX grievance_by_root ON grievance (root) WHERE root IS NOT NULL;
CREATE INDEX grievance_by_deadline ON grievance (next_deadline) WHERE next_deadline IS NOT NULL;
CREATE INDEX grievance_open_by_place ON grievance (district, category, place, lodged_seq)
    WHERE root IS NULL AND holder IS NOT NULL;
CREATE INDEX grievance_disowned ON grievance (due, reference) WHERE disowned = 1;

-- Whether a number was proved is asked before each message to it.
CREATE INDEX person_by_proved_mobile ON person (mobile) WHERE verified_at IS NOT NULL;

-- Rows that are recorded have a number that stays.
DROP INDEX silenced_by_mobile;
ALTER TABLE silenced RENAME TO silenced9;
CREATE TABLE silenced (
    id        INTEGER PRIMARY KEY,
    mobile    TEXT    NOT NULL,
    reference INTEGER,
    at        INTEGER NOT NULL
) STRICT;
INSERT INTO silenced (id, mobile, reference, at) SELECT rowid, mobile, reference, at FROM silenced9;
DROP TABLE silenced9;
CREATE UNIQUE INDEX silenced_by_mobile ON silenced (mobile, coalesce(reference, 0));

ALTER TABLE session ADD COLUMN staff INTEGER;      -- of the actor, where it is one of the staff
UPDATE session SET staff = json_extract(actor, '$.staff');

-- What one alone does at a time: a call about a case, a task of several programs.
CREATE TABLE turn (
    what  TEXT    PRIMARY KEY,
    who   TEXT    NOT NULL,
    until INTEGER NOT NULL                 -- milliseconds since 1970, UTC
) STRICT, WITHOUT ROWID;

-- What was done of late of that which is limited: when it will be forgotten, in milliseconds since 1970, UTC.
CREATE TABLE allowance (key BLOB PRIMARY KEY, due INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What people have administered: tables by name, each change a row.
CREATE TABLE setting (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    why    TEXT    NOT NULL,
    packed BLOB,                           -- what stands in it; none where the file holds again
    undoes INTEGER
) STRICT;
CREATE TRIGGER setting_is_not_changed BEFORE UPDATE ON setting BEGIN SELECT RAISE(ABORT, 'changes stay'); END;
CREATE TRIGGER setting_is_not_deleted BEFORE DELETE ON setting BEGIN SELECT RAISE(ABORT, 'changes stay'); END;
