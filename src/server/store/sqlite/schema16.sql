-- Version 16: readings are found by who read, and by day.

CREATE INDEX reading_by_staff ON reading (staff, at);
CREATE INDEX reading_by_time ON reading (at);
