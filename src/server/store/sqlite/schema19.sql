-- Version 19: the list of a department finds the appeals that it has not answered, as it finds what is offered to it. Before,
-- no appeal was answered. 12 is the stage of an appeal.

UPDATE grievance SET offered_department = department WHERE stage = 12 AND department IS NOT NULL;
