-- Version 7: what has ended is found without reading what has not.

CREATE INDEX session_by_age ON session (created);
CREATE INDEX code_by_age ON code (created);
CREATE INDEX idempotency_by_age ON idempotency (at);
-- Files of older versions, which kept no digest; the words are those of the question.
CREATE INDEX attachment_undigested ON attachment (id) WHERE width + seconds > 0 AND stored IS NULL;
