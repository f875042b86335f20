-- Version 1. Migrations go forward only: later versions are further files, named by their number.

-- The ledger. Nothing here names a person.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,
    reference  INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,           -- milliseconds since 1970, UTC
    by         TEXT    NOT NULL,           -- JSON
    body       TEXT    NOT NULL,           -- JSON
    commitment BLOB,
    hash       BLOB    NOT NULL,
    UNIQUE (reference, version)
) STRICT;
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Words, apart from the ledger: a row can be erased and the chain stays whole.
CREATE TABLE document (
    seq       INTEGER PRIMARY KEY REFERENCES event (seq),
    salt      BLOB NOT NULL,
    statement TEXT NOT NULL,               -- JSON
    title     TEXT                         -- first sentence, of the first statement
) STRICT;

CREATE TABLE person (
    id          INTEGER PRIMARY KEY,
    mobile      TEXT NOT NULL,             -- the number is a keyed hash of it: one row for each
    verified_at INTEGER
) STRICT;

-- A view: everything here follows from the ledger and can be rebuilt from it.
CREATE TABLE grievance (
    lodged_seq         INTEGER PRIMARY KEY, -- new rows stand together: references are drawn at random
    reference          INTEGER NOT NULL UNIQUE,
    version            INTEGER NOT NULL,
    stage              TEXT    NOT NULL,
    lane               TEXT    NOT NULL,
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
    disputes           INTEGER NOT NULL,
    lodged_at          INTEGER NOT NULL,
    stage_since        INTEGER NOT NULL,
    due                INTEGER NOT NULL,   -- 9000000000000000 where there is none
    next_deadline      INTEGER,
    state              TEXT    NOT NULL    -- the whole case, JSON
) STRICT;
CREATE INDEX grievance_by_stage ON grievance (stage, due, reference);
CREATE INDEX grievance_by_department ON grievance (department, stage, due, reference) WHERE department IS NOT NULL;
CREATE INDEX grievance_by_office ON grievance (office, stage, due, reference) WHERE office IS NOT NULL;
CREATE INDEX grievance_by_offer ON grievance (offered_department, offered_office) WHERE offered_department IS NOT NULL;
CREATE INDEX grievance_by_citizen ON grievance (citizen, lodged_at);
CREATE INDEX grievance_by_root ON grievance (root) WHERE root IS NOT NULL;
CREATE INDEX grievance_by_deadline ON grievance (next_deadline) WHERE next_deadline IS NOT NULL;

CREATE TABLE attachment (
    id        TEXT PRIMARY KEY,
    reference INTEGER,
    width     INTEGER NOT NULL,
    height    INTEGER NOT NULL,
    created   INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    reference     INTEGER,
    recipient     TEXT    NOT NULL,
    template      TEXT    NOT NULL,
    registered_id TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    state         TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dead')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    sent          INTEGER,
    error         TEXT,
    cause         TEXT    UNIQUE           -- event, recipient and template: one message for one cause
) STRICT;
CREATE INDEX outbox_pending ON outbox (next_try) WHERE state = 'pending';

CREATE TABLE idempotency (
    key         BLOB    NOT NULL UNIQUE,
    fingerprint BLOB    NOT NULL,
    response    TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    actor      TEXT    NOT NULL,           -- JSON
    name       TEXT    NOT NULL,
    mobile     TEXT,
    created    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    id       TEXT PRIMARY KEY,
    mobile   TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    address  BLOB    NOT NULL,
    created  INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    used     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX code_by_mobile ON code (mobile, created);
CREATE INDEX code_by_address ON code (address, created);
CREATE TABLE wrong_code (mobile TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX wrong_code_by_mobile ON wrong_code (mobile, at);

CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    username   TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    password   TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,           -- JSON
    mobile     TEXT,
    failures   INTEGER NOT NULL DEFAULT 0,
    failed_at  INTEGER
) STRICT;
CREATE INDEX account_by_scope ON account (scope);

CREATE TABLE office (
    id         INTEGER PRIMARY KEY,
    department TEXT NOT NULL,
    district   INTEGER,
    name_en    TEXT NOT NULL,
    name_bn    TEXT NOT NULL
) STRICT;

CREATE TABLE rule_set (version INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;

-- Who has read what.
CREATE TABLE access (
    id         INTEGER PRIMARY KEY,
    reference  INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    staff      INTEGER,
    role       TEXT    NOT NULL,
    department TEXT,
    reason     TEXT                        -- of a revealed number
) STRICT;
CREATE INDEX access_by_case ON access (reference, at);
CREATE TRIGGER access_is_not_changed BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;
CREATE TRIGGER access_is_not_deleted BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'readings stay on record'); END;
