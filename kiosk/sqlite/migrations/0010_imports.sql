-- +goose Up

-- A list that was taken in, in portions, beside the taps. Until its last row is there,
-- and from the moment that it is taken back, it is hidden: all of it appears at once,
-- and goes at once. newest is the last day of which it told a visit without a row.
CREATE TABLE import (
    no     INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms  INTEGER NOT NULL,
    state  TEXT    NOT NULL CHECK (state IN ('staged', 'in', 'leaving', 'undone')),
    lines  INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    people INTEGER NOT NULL,               -- that it made
    guests INTEGER NOT NULL,               -- by which their number changed
    newest INTEGER NOT NULL DEFAULT 0,
    stayed INTEGER NOT NULL DEFAULT 0      -- of its people, when it was taken back
) STRICT;
CREATE VIEW hidden AS SELECT no FROM import WHERE state IN ('staged', 'leaving');

ALTER TABLE person ADD COLUMN batch INTEGER; -- the list that made the person
ALTER TABLE visit ADD COLUMN batch INTEGER;  -- the list that brought the visit
ALTER TABLE visit ADD COLUMN gone INTEGER;   -- the list that took the guest away
CREATE INDEX person_batch ON person (batch) WHERE batch IS NOT NULL;
CREATE INDEX visit_batch ON visit (batch) WHERE batch IS NOT NULL;
CREATE INDEX visit_gone ON visit (gone) WHERE gone IS NOT NULL;

-- The visits that are not hidden: what is counted is read from here.
CREATE VIEW attendance AS SELECT * FROM visit
    WHERE (batch IS NULL OR batch NOT IN (SELECT no FROM hidden)) AND (gone IS NULL OR gone IN (SELECT no FROM hidden));

-- A person has one visit in a part of a day. What a list brings while it is hidden
-- stands in nobody's way; what it brought keeps out a second one.
DROP INDEX visit_once;
CREATE UNIQUE INDEX visit_once ON visit (person, day, part)
    WHERE person IS NOT NULL AND day IS NOT NULL AND void = 0 AND batch IS NULL;
CREATE TRIGGER visit_listed BEFORE INSERT ON visit
WHEN NEW.person IS NOT NULL AND NEW.day IS NOT NULL AND NEW.void = 0 AND NEW.batch IS NULL AND EXISTS (
    SELECT 1 FROM attendance a WHERE a.person = NEW.person AND a.day = NEW.day AND a.part = NEW.part AND a.void = 0 AND a.batch IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a list brought this visit'); END;
CREATE TRIGGER visit_moved BEFORE UPDATE OF person, day, part, void ON visit
WHEN NEW.person IS NOT NULL AND NEW.day IS NOT NULL AND NEW.void = 0 AND EXISTS (
    SELECT 1 FROM attendance a WHERE a.person = NEW.person AND a.day = NEW.day AND a.part = NEW.part AND a.void = 0
    AND a.no <> NEW.no AND (a.batch IS NOT NULL OR NEW.batch IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'a list brought this visit'); END;

-- What lists say of people's visits that are older than what is kept.
CREATE TABLE import_seen (
    person    INTEGER NOT NULL REFERENCES person (no) ON DELETE CASCADE,
    batch     INTEGER NOT NULL,
    first_day INTEGER,
    last_day  INTEGER,
    PRIMARY KEY (person, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_seen_batch ON import_seen (batch);
CREATE VIEW list_seen AS SELECT * FROM import_seen WHERE batch NOT IN (SELECT no FROM hidden);

-- By how much a list changes the numbers of days. A fresh cell was none before it.
CREATE TABLE import_cell (
    batch   INTEGER NOT NULL,
    epoch   INTEGER NOT NULL,
    period  TEXT    NOT NULL,
    part    TEXT    NOT NULL,
    measure TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    fresh   INTEGER NOT NULL DEFAULT 0 CHECK (fresh IN (0, 1)),
    PRIMARY KEY (batch, epoch, period, part, measure)
) STRICT, WITHOUT ROWID;

-- What was kept of a period before a list had it kept (NULL) or taken back.
CREATE TABLE import_kept (
    batch  INTEGER NOT NULL,
    period TEXT    NOT NULL,
    tally  BLOB,
    PRIMARY KEY (batch, period)
) STRICT, WITHOUT ROWID;

-- By how much a list changed what is kept of a period, sealed: when rows of it are gone,
-- by erasure or because their time is over, they cannot be counted any more.
CREATE TABLE import_shift (
    batch  INTEGER NOT NULL,
    period TEXT    NOT NULL,
    tally  BLOB    NOT NULL,
    PRIMARY KEY (batch, period)
) STRICT, WITHOUT ROWID;

-- A list that found there what an earlier one had brought leans on it.
CREATE TABLE import_lean (
    batch   INTEGER NOT NULL,
    earlier INTEGER NOT NULL,
    PRIMARY KEY (batch, earlier)
) STRICT, WITHOUT ROWID;

-- How often rows were removed or kept figures written: figures that were counted
-- beside the writing are of use while it stands still.
ALTER TABLE reckoning ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
