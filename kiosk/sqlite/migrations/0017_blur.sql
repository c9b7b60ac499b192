-- +goose Up

-- When a day is over and nothing dates it anew, its rows say the day and the part of the
-- day and no instant: bt_ns is -1 then, wall_ms 0 and at_ms NULL. Of its guests it is
-- kept how many of each age band came in each hour; nothing of persons.
CREATE TABLE crowd (
    day  INTEGER NOT NULL,
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    band TEXT    NOT NULL CHECK (band IN ('unasked', '0-11', '12-17', '18-64', '65+')),
    n    INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (day, hour, band)
) STRICT, WITHOUT ROWID;
