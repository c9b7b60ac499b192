-- +goose Up

-- Forms that were done, by the random key that the page made for each: one that is
-- sent again because its answer was lost is done once.
CREATE TABLE once (
    no  INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE CHECK (key <> '')
) STRICT;
