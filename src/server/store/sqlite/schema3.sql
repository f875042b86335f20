-- Version 3: attachments that are spoken.

ALTER TABLE attachment ADD COLUMN kind TEXT NOT NULL DEFAULT 'photo';
ALTER TABLE attachment ADD COLUMN media TEXT NOT NULL DEFAULT 'image/jpeg';  -- of the stored file
ALTER TABLE attachment ADD COLUMN seconds INTEGER NOT NULL DEFAULT 0;        -- 0 until all have come
