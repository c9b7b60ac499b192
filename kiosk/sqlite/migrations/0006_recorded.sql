-- +goose Up

-- The days on which a person was recorded. The mark is made before the rows go, and
-- neither an erasure nor the end of a row's time takes it away. batch is the list that
-- alone says so, 0 for what the room saw itself.
CREATE TABLE recorded (
    batch INTEGER NOT NULL DEFAULT 0,
    day   INTEGER NOT NULL,
    PRIMARY KEY (batch, day)
) STRICT, WITHOUT ROWID;

-- What rooms that were there know: the rows that are left, and what was counted of
-- days whose rows are gone.
INSERT OR IGNORE INTO recorded (day) SELECT DISTINCT day FROM visit WHERE person IS NOT NULL AND day IS NOT NULL AND void = 0;
INSERT OR IGNORE INTO recorded (day) SELECT DISTINCT unixepoch(period) / 86400 FROM cell
    WHERE length(period) = 10 AND measure = 'badge_visits' AND n > 0;

-- The week of the first timetable, a bit for each day from Sunday: what was planned
-- before anybody wrote down what was.
ALTER TABLE reckoning ADD COLUMN week INTEGER;
