-- Version 15: how calls were scored, and what was disputed.

CREATE TABLE quality_score (
    id            TEXT PRIMARY KEY,
    call          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,  -- intake, verification
    caller        INTEGER NOT NULL,  -- whose call it was
    lead          INTEGER NOT NULL,  -- who scored it
    begun         INTEGER NOT NULL,  -- when the call began, in milliseconds since 1970, as all times
    at            INTEGER NOT NULL,
    second        INTEGER NOT NULL,  -- 1 where another had scored it before
    marks         TEXT    NOT NULL,  -- JSON
    note          TEXT    NOT NULL,
    disputed      INTEGER,
    why           TEXT,
    decided       INTEGER,
    decided_by    INTEGER,
    decision      TEXT,
    decided_marks TEXT,              -- JSON
    UNIQUE (call, lead)
) WITHOUT ROWID;
CREATE INDEX quality_score_of_caller ON quality_score (caller, at);
CREATE INDEX quality_score_by_age ON quality_score (at);
