-- Version 4: telephone calls, as the exchange tells of them.

CREATE TABLE phone_call (
    id        TEXT PRIMARY KEY,
    staff     BIGINT NOT NULL,
    reference BIGINT NOT NULL,
    begun     BIGINT NOT NULL,           -- milliseconds since 1970, as all times
    by_hand   BIGINT NOT NULL,           -- 1 where no exchange makes it
    rang      BIGINT,
    answered  BIGINT,
    ended     BIGINT,
    failed    BIGINT NOT NULL DEFAULT 0,
    outcome   TEXT                       -- as recorded by the caller
);
CREATE INDEX phone_call_of_staff ON phone_call (staff, begun);
CREATE INDEX phone_call_by_age ON phone_call (begun);
