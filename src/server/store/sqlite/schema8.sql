-- Version 8: by which page a code was used, so that an answer that was lost on the line can be given again.

ALTER TABLE code ADD COLUMN used_by BLOB;   -- a keyed hash of the page's random word and the digits
