-- +goose Up

-- A visit that the centre holds and a restored backup does not, by the HMAC of the
-- badge: made once more on that day, it is counted where it was. Gone with the day.
CREATE TABLE remade (
    mac   BLOB    NOT NULL CHECK (length(mac) = 32),
    day   INTEGER NOT NULL,
    part  TEXT    NOT NULL,
    epoch INTEGER NOT NULL REFERENCES epoch (ordinal),
    PRIMARY KEY (mac, day, part)
) STRICT, WITHOUT ROWID;
