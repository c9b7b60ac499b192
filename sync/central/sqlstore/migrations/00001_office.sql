-- +goose Up
CREATE TABLE organisations (
	id   <id>,
	name TEXT NOT NULL UNIQUE CHECK (name <> '')
) <strict>;

CREATE TABLE accounts (
	id           <id>,
	organisation <int> NOT NULL REFERENCES organisations (id),
	name         TEXT NOT NULL UNIQUE CHECK (name = lower(name) AND name LIKE '%_@_%'),
	password     TEXT NOT NULL DEFAULT '' CHECK (password = '' OR password LIKE '$argon2id$%'), -- '' for none yet
	UNIQUE (organisation, id)
) <strict>;

-- One-time links, by the SHA-256 of their token. Times are milliseconds since 1970.
CREATE TABLE invitations (
	token        <bytes> PRIMARY KEY CHECK (<size>(token) = 32),
	organisation <int> NOT NULL,
	account      <int> NOT NULL,
	expires      <int> NOT NULL,
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
) <strict>;
CREATE INDEX invitations_account ON invitations (organisation, account);

CREATE TABLE sessions (
	token        <bytes> PRIMARY KEY CHECK (<size>(token) = 32),
	organisation <int> NOT NULL,
	account      <int> NOT NULL,
	begun        <int> NOT NULL,
	used         <int> NOT NULL CHECK (used >= begun),
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
) <strict>;
CREATE INDEX sessions_account ON sessions (organisation, account);
CREATE INDEX sessions_begun ON sessions (begun);

-- Failed tries of a sign-in or a pairing, by a hash of whose.
CREATE TABLE tries (
	key     TEXT PRIMARY KEY CHECK (length(key) <= 64),
	n       <int> NOT NULL CHECK (n >= 0),
	latest  <int> NOT NULL,
	blocked <int> NOT NULL
) <strict>;
CREATE INDEX tries_latest ON tries (latest);

CREATE TABLE rooms (
	organisation <int> NOT NULL REFERENCES organisations (id),
	id           <id>,
	name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	since        <int> NOT NULL,
	UNIQUE (organisation, id)
) <strict>;
CREATE UNIQUE INDEX rooms_name ON rooms (organisation, lower(name));

-- A kiosk and its last exchange. One that was unpaired stays, revoked: its
-- requests are told so, and its cells keep their series.
CREATE TABLE kiosks (
	organisation <int> NOT NULL,
	room         <int> NOT NULL,
	id           TEXT PRIMARY KEY CHECK (id <> '' AND id <> '-'),
	public_key   <bytes> NOT NULL CHECK (<size>(public_key) = 32),
	paired       <int> NOT NULL,
	revoked      <int>,
	series       <int> NOT NULL DEFAULT 0 CHECK (series >= 0), -- 0 before its first report
	epoch        <int> NOT NULL DEFAULT 0 CHECK (epoch >= 0),
	epoch_id     TEXT NOT NULL DEFAULT '',
	rev          <int> NOT NULL DEFAULT 0 CHECK (rev >= 0),    -- highest held of the series
	token        TEXT NOT NULL DEFAULT '',                      -- that its next request carries
	request      <bytes>,                                          -- SHA-256 of what the last one signed
	answer       <bytes>,                                          -- to it
	reported     <int>,
	trust        <int> NOT NULL DEFAULT 0 CHECK (trust BETWEEN 0 AND 3),
	skew         <int> NOT NULL DEFAULT 0,                     -- milliseconds ahead of us
	lights       TEXT NOT NULL DEFAULT '[]',
	forked       <int>,
	changes      <int> NOT NULL DEFAULT 1 CHECK (changes > 0),
	CHECK (series = 0 OR (epoch > 0 AND length(epoch_id) = 32 AND token <> '' AND <size>(request) = 32 AND reported IS NOT NULL)),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) <strict>;
CREATE INDEX kiosks_room ON kiosks (organisation, room);
CREATE UNIQUE INDEX kiosks_paired ON kiosks (organisation, room) WHERE revoked IS NULL;
CREATE UNIQUE INDEX kiosks_key ON kiosks (public_key) WHERE revoked IS NULL;

-- Kiosks that wait for a coordinator to type their code.
CREATE TABLE pairings (
	public_key <bytes> PRIMARY KEY CHECK (<size>(public_key) = 32),
	code       TEXT NOT NULL UNIQUE CHECK (length(code) = 8),
	expires    <int> NOT NULL
) <strict>;

-- What the rooms counted. No row can hold more than a day and a number.
CREATE TABLE cells (
	organisation <int> NOT NULL,
	room         <int> NOT NULL,
	period       <word> NOT NULL CHECK (length(period) IN (4, 6, 7, 10)),
	measure      <word> NOT NULL CHECK (length(measure) <= 16),
	part         <word> NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
	series       <int> NOT NULL CHECK (series > 0),
	epoch        <int> NOT NULL CHECK (epoch > 0),
	n            <int> CHECK (n BETWEEN 0 AND 100000), -- NULL: withdrawn
	rev          <int> NOT NULL CHECK (rev > 0),
	PRIMARY KEY (organisation, room, period, measure, part, series, epoch),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) <strict_by_key>;

-- +goose Down
DROP TABLE cells;
DROP TABLE pairings;
DROP TABLE kiosks;
DROP TABLE rooms;
DROP TABLE tries;
DROP TABLE sessions;
DROP TABLE invitations;
DROP TABLE accounts;
DROP TABLE organisations;
