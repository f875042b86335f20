-- Version 6: grievances whose number was disowned, for the desk; uploads that nothing names.

CREATE INDEX grievance_disowned ON grievance (due, reference) WHERE json_extract(state, '$.disowned');
CREATE INDEX attachment_unnamed ON attachment (created, length) WHERE reference IS NULL;
