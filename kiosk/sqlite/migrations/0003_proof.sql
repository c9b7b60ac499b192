-- +goose Up

-- The counter of the last proof that a badge gave. It grows with each reading
-- of the tag, so one that does not is a copy of an old reading.
CREATE TABLE proof (
    badge   INTEGER PRIMARY KEY REFERENCES badge (no) ON DELETE CASCADE,
    counter INTEGER NOT NULL CHECK (counter > 0)
) STRICT;
