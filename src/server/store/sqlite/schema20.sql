-- Version 20: when members of the staff are away, both days included.

CREATE TABLE absence (
    staff INTEGER PRIMARY KEY, -- an account's id
    first TEXT   NOT NULL, -- a day, such as 2026-12-01
    last  TEXT   NOT NULL,
    said_by INTEGER NOT NULL, -- the account that said so
    at    INTEGER NOT NULL
) STRICT;
