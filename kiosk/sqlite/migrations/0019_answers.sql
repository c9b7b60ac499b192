-- +goose Up

-- What is kept of a person's answers, sealed and of one size: at most one outcome for each
-- quarter of giving, the marks of a year, the route. A step with the key moves what stands
-- in intake, which is empty from then on.
CREATE TABLE answer (
    person INTEGER PRIMARY KEY REFERENCES person (no),
    said   BLOB    NOT NULL
) STRICT;

-- What the settled quarters of a year came to, sealed.
CREATE TABLE year_answer (
    year  TEXT PRIMARY KEY CHECK (year <> ''),
    tally BLOB NOT NULL
) STRICT, WITHOUT ROWID;
