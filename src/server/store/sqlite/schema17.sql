-- Version 17: what photos look like, so that one is known that was sent before.

CREATE TABLE print (
    seq    INTEGER PRIMARY KEY,
    photo  TEXT NOT NULL UNIQUE,
    prints BLOB NOT NULL
) STRICT;
