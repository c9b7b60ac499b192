-- +goose Up

-- The running day on which somebody was cut who had come that day: what was counted of
-- it is kept, and corrections move it by what they change.
ALTER TABLE meta ADD COLUMN cut_day INTEGER NOT NULL DEFAULT 0;

-- What a list came to in visits of people who were cut since, of periods that were not
-- kept when it came; sealed. Who takes the list back takes that too.
CREATE TABLE import_lost (
    batch  INTEGER NOT NULL,
    period TEXT    NOT NULL,
    tally  BLOB    NOT NULL,
    PRIMARY KEY (batch, period)
) STRICT, WITHOUT ROWID;

-- Who was erased is known outside the database alone, by numbers that say nothing.
DELETE FROM erased;
