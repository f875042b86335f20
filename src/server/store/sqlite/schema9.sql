-- Version 9: by which page and code a session began or was handed over, so that signing out ends all of it; and when one that
-- was handed over ends.

ALTER TABLE session ADD COLUMN begun_by BLOB;      -- as code.used_by
ALTER TABLE session ADD COLUMN ends INTEGER;       -- milliseconds since 1970; empty where its usual times hold
CREATE INDEX session_by_beginning ON session (begun_by) WHERE begun_by IS NOT NULL;
CREATE INDEX code_by_page ON code (used_by) WHERE used_by IS NOT NULL;
