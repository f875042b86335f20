-- Version 7: what has ended is found without reading what has not.

CREATE INDEX session_by_age ON session (created);
CREATE INDEX code_by_age ON code (created);
CREATE INDEX idempotency_by_age ON idempotency (at);
