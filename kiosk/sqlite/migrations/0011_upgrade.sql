-- +goose Up

-- What was done once to the rows of this file because only the room's key can do it.
-- scrubbed is 0 while what a step took away may still stand in a part of the file that
-- no row uses any more.
CREATE TABLE upgrade (
    step     TEXT    PRIMARY KEY CHECK (step <> ''),
    scrubbed INTEGER NOT NULL DEFAULT 0 CHECK (scrubbed IN (0, 1))
) STRICT, WITHOUT ROWID;
