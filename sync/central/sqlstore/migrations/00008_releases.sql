-- What organisations release to their funders, and the key by which it is rounded.
-- +goose Up
CREATE TABLE rounding_keys (
	id  <int> PRIMARY KEY CHECK (id = 1), -- one for ever: with another the same number would be rounded twice
	key <bytes> NOT NULL CHECK (<size>(key) = 32)
) <strict>;

CREATE TABLE releases (
	organisation <int> NOT NULL REFERENCES organisations (id),
	period       <word> NOT NULL CHECK (length(period) IN (4, 6)), -- a year or a quarter
	version      <int> NOT NULL CHECK (version > 0),
	made         <int> NOT NULL,
	made_by      TEXT NOT NULL,            -- the account's name then, '' for the centre itself
	rooms        <int> NOT NULL DEFAULT 0, -- of the round: members that counted,
	due          <int> NOT NULL DEFAULT 0, -- rooms that were due,
	told         <word> NOT NULL DEFAULT '', -- and the day on which its result came, '' for none
	PRIMARY KEY (organisation, period, version)
) <strict_by_key>;

-- A room of it, or 0 for the whole organisation, with how many of its weeks had come.
CREATE TABLE release_places (
	organisation <int> NOT NULL,
	period       <word> NOT NULL,
	version      <int> NOT NULL,
	place        <int> NOT NULL CHECK (place >= 0),
	name         TEXT NOT NULL,
	received     <int> NOT NULL CHECK (received >= 0),
	expected     <int> NOT NULL CHECK (expected >= received),
	PRIMARY KEY (organisation, period, version, place),
	FOREIGN KEY (organisation, period, version) REFERENCES releases (organisation, period, version)
) <strict_by_key>;

-- What is shown of a measure, or why nothing is. No exact number of persons or visits.
CREATE TABLE release_cells (
	organisation <int> NOT NULL,
	period       <word> NOT NULL,
	version      <int> NOT NULL,
	place        <int> NOT NULL,
	measure      <word> NOT NULL CHECK (measure <> ''),
	state        TEXT NOT NULL CHECK (state IN ('shown', 'small', 'withheld')),
	n            <int> CHECK (n >= 0),
	reason       TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (organisation, period, version, place, measure),
	FOREIGN KEY (organisation, period, version, place) REFERENCES release_places (organisation, period, version, place),
	CHECK ((state = 'shown') = (n IS NOT NULL)),
	CHECK ((state = 'withheld') = (reason <> ''))
) <strict_by_key>;
