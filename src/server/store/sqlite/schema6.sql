-- Version 6: grievances whose number was disowned, for the desk.

CREATE INDEX grievance_disowned ON grievance (due, reference) WHERE json_extract(state, '$.disowned');
