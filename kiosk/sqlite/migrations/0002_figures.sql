-- +goose Up

-- How far the figures have been reckoned. Days are 0 when there is none.
CREATE TABLE reckoning (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    rev       INTEGER NOT NULL DEFAULT 0, -- of the cells that were looked at
    day       INTEGER NOT NULL DEFAULT 0, -- on which it was done
    forgotten INTEGER NOT NULL DEFAULT 0, -- the day before it is the last of which a visit is gone
    recorded  INTEGER NOT NULL DEFAULT 0, -- the first day ever, when its row may be gone
    doubt     INTEGER NOT NULL DEFAULT 0 CHECK (doubt >= 0) -- nights before a clock that leapt ahead is believed
) STRICT;
INSERT INTO reckoning (one) VALUES (1);

-- What a closed period came to, and what its rows said when that was last
-- looked at. Sealed, because the exact numbers of class C are in it.
CREATE TABLE kept (
    period TEXT PRIMARY KEY CHECK (period <> ''),
    tally  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The cells of earlier epochs from this day on are the centre's alone;
-- NULL for an epoch that follows no backup.
ALTER TABLE epoch ADD COLUMN frozen INTEGER;

-- The night on which a person without any visit was first met.
ALTER TABLE person ADD COLUMN noted INTEGER;
