-- Version 11: texts about no grievance are found by their age, so that deleting the old ones reads no others.

CREATE INDEX outbox_of_nobody ON outbox (created) WHERE reference IS NULL;
