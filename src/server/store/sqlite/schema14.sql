-- Version 14: calls on the telephones of those who take grievances: who rang, who was not answered, who was rung back.

CREATE TABLE line_call (
    id        TEXT PRIMARY KEY,
    staff     INTEGER,           -- whose telephone it is; NULL while the caller waits for somebody
    mobile    TEXT,              -- the other's number, ten digits; NULL where it is hidden or no mobile number
    back      INTEGER NOT NULL,  -- 1 where we ring them back
    begun     INTEGER NOT NULL,  -- milliseconds since 1970, as all times
    rang      INTEGER,
    answered  INTEGER,
    ended     INTEGER,
    settled   INTEGER,           -- when we have spoken with this number since
    reference INTEGER            -- the grievance that was taken during it
) WITHOUT ROWID;
CREATE INDEX line_call_of_staff ON line_call (staff, begun);
CREATE INDEX line_call_of_mobile ON line_call (mobile, begun);
CREATE INDEX line_call_by_age ON line_call (begun);
