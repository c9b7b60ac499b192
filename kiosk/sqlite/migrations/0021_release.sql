-- +goose Up

-- What the room counts and what may leave it are two things from now on: n is renewed by
-- each tap, and told and rev are what was released of it, when its part of the day had
-- ended. change is the number of the transaction that wrote n. It stays here: a
-- revision that grew with taps would tell how many there were.
CREATE TABLE counted (
    epoch       INTEGER NOT NULL REFERENCES epoch (ordinal),
    period      TEXT    NOT NULL CHECK (period <> ''),
    measure     TEXT    NOT NULL CHECK (measure <> ''),
    part        TEXT    NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
    n           INTEGER,
    change      INTEGER NOT NULL CHECK (change > 0),
    stage       INTEGER NOT NULL DEFAULT 0 CHECK (stage IN (0, 1, 2)), -- 1: n waits for its release, 2: nothing is known of it, its day is to come
    told        INTEGER,                   -- the number as it was released last; NULL withdraws the cell
    rev         INTEGER NOT NULL DEFAULT 0 CHECK (rev >= 0), -- of that release, 0 for none
    acked_rev   INTEGER NOT NULL DEFAULT 0,
    refused_rev INTEGER NOT NULL DEFAULT 0,
    refused     TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (epoch, period, part, measure),
    CHECK (acked_rev <= rev AND refused_rev <= rev)
) STRICT, WITHOUT ROWID;
INSERT INTO counted (epoch, period, measure, part, n, change, stage, told, rev, acked_rev, refused_rev, refused)
    SELECT epoch, period, measure, part, n, rev, CASE WHEN n IS NULL AND length(period) = 10 THEN 2 ELSE 0 END,
           n, rev, CASE WHEN n IS NULL AND length(period) = 10 THEN rev ELSE acked_rev END, refused_rev, refused FROM cell;
DROP TABLE cell;
ALTER TABLE counted RENAME TO cell;
CREATE INDEX cell_unsent ON cell (rev) WHERE rev > acked_rev AND rev > refused_rev;
CREATE INDEX cell_waits ON cell (period) WHERE stage = 1;

-- meta.rev is the last revision that was given, change the last transaction's number.
ALTER TABLE meta ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET change = rev;

-- How far the days had ended when cells were released last, and the last visit by then;
-- the day of the last signed time that is believed, and one that is not yet.
ALTER TABLE link ADD COLUMN ended_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN ended_parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN last_visit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN doubt_boot TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN doubt_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN doubt_ns INTEGER NOT NULL DEFAULT 0;
UPDATE link SET heard = coalesce(last_ms / 86400000, 0), last_visit = (SELECT coalesce(max(no), 0) FROM visit);

-- The visits without a date, as the centre is told of them since then.
CREATE TABLE undated (
    first INTEGER NOT NULL,                -- days, 0 for none
    last  INTEGER NOT NULL,
    n     INTEGER NOT NULL CHECK (n > 0)
) STRICT;
