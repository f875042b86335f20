-- Version 5: calls on the telephones of those who take grievances: who rang, who was not answered, who was rung back.

CREATE TABLE line_call (
    id        TEXT PRIMARY KEY,
    staff     BIGINT,           -- whose telephone it is; NULL while the caller waits for somebody
    mobile    TEXT,              -- the other's number, ten digits; NULL where it is hidden or no mobile number
    back      BIGINT NOT NULL,  -- 1 where we ring them back
    begun     BIGINT NOT NULL,  -- milliseconds since 1970, as all times
    rang      BIGINT,
    answered  BIGINT,
    ended     BIGINT,
    settled   BIGINT,           -- when we have spoken with this number since
    reference BIGINT            -- the grievance that was taken during it
);
CREATE INDEX line_call_of_staff ON line_call (staff, begun);
CREATE INDEX line_call_of_mobile ON line_call (mobile, begun);
CREATE INDEX line_call_by_age ON line_call (begun);
