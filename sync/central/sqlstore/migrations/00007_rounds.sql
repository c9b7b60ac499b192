-- Rooms that are counted together: what the centre carries of each round.
-- +goose Up
CREATE TABLE pool_rounds (
	organisation <int> NOT NULL REFERENCES organisations (id),
	period       <word> NOT NULL CHECK (length(period) IN (6, 11)), -- 2026Q3 or 2026Q4+2026
	state        TEXT NOT NULL CHECK (state IN ('ready', 'open', 'shares', 'done', 'failed')),
	set_hash     TEXT NOT NULL DEFAULT '' CHECK (length(set_hash) IN (0, 64)), -- '' until it is fixed
	rooms        <int> NOT NULL DEFAULT 0, -- members that count
	due          <int> NOT NULL DEFAULT 0, -- rooms that were due
	told         TEXT,                     -- the result as all are told it
	PRIMARY KEY (organisation, period),
	CHECK ((state IN ('open', 'shares', 'done')) <= (set_hash <> '')),
	CHECK ((state = 'done') = (told IS NOT NULL))
) <strict_by_key>;

-- The first word of each kiosk that it is ready, and whether it is in the set.
CREATE TABLE pool_ready (
	organisation <int> NOT NULL,
	period       <word> NOT NULL,
	identity     <bytes> NOT NULL CHECK (<size>(identity) = 32),
	kiosk        TEXT NOT NULL,
	exchange_key <bytes> NOT NULL CHECK (<size>(exchange_key) = 32),
	counts       <int> NOT NULL CHECK (counts IN (0, 1)),
	signature    <bytes> NOT NULL CHECK (<size>(signature) = 64),
	member       <int> NOT NULL DEFAULT 0 CHECK (member IN (0, 1)),
	PRIMARY KEY (organisation, period, identity),
	FOREIGN KEY (organisation, period) REFERENCES pool_rounds (organisation, period)
) <strict_by_key>;

-- Masked numbers on their way to the teller. They go with the result, or at the deadline.
CREATE TABLE pool_shares (
	organisation <int> NOT NULL,
	period       <word> NOT NULL,
	kiosk        TEXT NOT NULL,
	vector       TEXT NOT NULL CHECK (length(vector) % 32 = 0), -- hex, as it came
	tag          TEXT NOT NULL CHECK (length(tag) = 64),
	PRIMARY KEY (organisation, period, kiosk),
	FOREIGN KEY (organisation, period) REFERENCES pool_rounds (organisation, period)
) <strict_by_key>;
