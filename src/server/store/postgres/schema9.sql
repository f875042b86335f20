-- Version 9: a message that has not changed is its own record, and an entry names the one before it of its case, instead of
-- an index by case. Where a database comes from before version 3, that has made the first two changes. The column has another
-- name so that a node of an earlier program, which does not know of such records, writes nothing more.

ALTER TABLE outbox ADD COLUMN IF NOT EXISTS record BIGINT; -- its number in the chain of records, where it is its own record
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema()
               AND table_name = 'ledger_end' AND column_name = 'record') THEN
        ALTER TABLE ledger_end RENAME COLUMN record TO records;
    END IF;
END $$;

ALTER TABLE event ADD COLUMN earlier BIGINT;               -- the entry before it of the same case; none for a lodging
DROP TRIGGER event_stays ON event;
UPDATE event SET earlier = e.seq FROM event e WHERE e.reference = event.reference AND e.version = event.version - 1;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION stays();
ALTER TABLE event DROP CONSTRAINT event_reference_version_key;
