-- +goose Up

-- How far the figures have been reckoned. Days are 0 when there is none.
CREATE TABLE reckoning (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    rev       INTEGER NOT NULL DEFAULT 0, -- of the cells that were looked at
    day       INTEGER NOT NULL DEFAULT 0, -- on which it was done
    forgotten INTEGER NOT NULL DEFAULT 0, -- before this day rows may be gone
    recorded  INTEGER NOT NULL DEFAULT 0  -- the first day ever, when its row may be gone
) STRICT;
INSERT INTO reckoning (one) VALUES (1);

-- What a closed period came to, and what its rows said when that was last
-- looked at. Sealed, because the exact numbers of class C are in it.
CREATE TABLE kept (
    period TEXT PRIMARY KEY CHECK (period <> ''),
    tally  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The night on which a person without any visit was first met.
ALTER TABLE person ADD COLUMN noted INTEGER;
