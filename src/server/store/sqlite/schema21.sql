-- Version 21: calls that a lead has chosen, and records that were returned to their callers for correction.

ALTER TABLE quality_score ADD COLUMN chosen TEXT; -- a WhyChosen; null where the call was drawn
ALTER TABLE quality_score ADD COLUMN correction TEXT; -- what is to be corrected; null where nothing is
ALTER TABLE quality_score ADD COLUMN corrected INTEGER; -- when the caller said that it is
ALTER TABLE quality_score ADD COLUMN corrected_words TEXT;
