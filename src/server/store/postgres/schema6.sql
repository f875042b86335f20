-- Version 6: how calls were scored, and what was disputed.

CREATE TABLE quality_score (
    id            TEXT PRIMARY KEY,
    call          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,  -- intake, verification
    caller        BIGINT NOT NULL,  -- whose call it was
    lead          BIGINT NOT NULL,  -- who scored it
    begun         BIGINT NOT NULL,  -- when the call began, in milliseconds since 1970, as all times
    at            BIGINT NOT NULL,
    second        BIGINT NOT NULL,  -- 1 where another had scored it before
    marks         TEXT    NOT NULL,  -- JSON
    note          TEXT    NOT NULL,
    disputed      BIGINT,
    why           TEXT,
    decided       BIGINT,
    decided_by    BIGINT,
    decision      TEXT,
    decided_marks TEXT,              -- JSON
    UNIQUE (call, lead)
);
CREATE INDEX quality_score_of_caller ON quality_score (caller, at);
CREATE INDEX quality_score_by_age ON quality_score (at);
