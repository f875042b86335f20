-- Version 2: uploads that can be resumed, grievances that are alike, published heads of the ledger.

ALTER TABLE attachment ADD COLUMN length INTEGER NOT NULL DEFAULT 0;  -- bytes announced; width is 0 until all have come
ALTER TABLE attachment ADD COLUMN digest BLOB;                        -- SHA-256 of the bytes received
CREATE INDEX attachment_by_case ON attachment (reference) WHERE reference IS NOT NULL;

CREATE INDEX grievance_open_by_place ON grievance (district, category, place, lodged_seq)
    WHERE root IS NULL AND stage IN ('registered', 'with_department', 'with_office', 'transfer_offered', 'atr_review');

CREATE INDEX outbox_by_recipient ON outbox (recipient);

-- Heads of the chain as they were published, each signed.
CREATE TABLE ledger_head (
    seq       INTEGER PRIMARY KEY,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    signature BLOB    NOT NULL
) STRICT;
CREATE TRIGGER head_is_not_changed BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'published heads stay'); END;
CREATE TRIGGER head_is_not_deleted BEFORE DELETE ON ledger_head BEGIN SELECT RAISE(ABORT, 'published heads stay'); END;
