-- +goose Up

-- What a host touched on the desk today: the room opens, it closes, somebody was
-- referred to other help. Gone when its day is over, with its times.
CREATE TABLE touch (
    no    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  TEXT    NOT NULL CHECK (kind IN ('open', 'close', 'refer')),
    boot  INTEGER NOT NULL REFERENCES boot (no),
    bt_ns INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    trust INTEGER NOT NULL CHECK (trust BETWEEN 1 AND 3),
    day   INTEGER NOT NULL
) STRICT;
CREATE INDEX touch_day ON touch (day);

-- What was answered at closing, by day, and when the day is over what the room did on
-- it, without times, as JSON. Later corrections of its visits start from that.
CREATE TABLE daybook (
    no         INTEGER PRIMARY KEY,        -- the day
    volunteers INTEGER CHECK (volunteers >= 0),
    minutes    INTEGER CHECK (minutes >= 0), -- of all of them together
    record     TEXT    NOT NULL DEFAULT '',
    CHECK (volunteers IS NOT NULL OR minutes IS NULL)
) STRICT;

-- An action may change rows of any table.
CREATE TABLE image_of (
    action   INTEGER NOT NULL REFERENCES action (no),
    place    INTEGER NOT NULL,
    relation TEXT    NOT NULL CHECK (relation <> ''),
    row      INTEGER NOT NULL,
    before   TEXT,                         -- NULL when there was none
    after    TEXT,
    PRIMARY KEY (action, relation, row)
) STRICT, WITHOUT ROWID;
INSERT INTO image_of SELECT action, place, relation, row, before, after FROM image;
DROP TABLE image;
ALTER TABLE image_of RENAME TO image;

-- What a volunteer typed of a year's slips, sealed: the totals of one room. They go when
-- the year is settled, and then nothing can be typed any more.
CREATE TABLE slip (
    no      INTEGER PRIMARY KEY,           -- the year
    totals  BLOB,
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    CHECK (settled = 0 OR totals IS NULL)
) STRICT;
