-- +goose Up
CREATE TABLE organisations (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

CREATE TABLE accounts (
	id           INTEGER PRIMARY KEY,
	organisation INTEGER NOT NULL REFERENCES organisations (id),
	name         TEXT NOT NULL UNIQUE CHECK (name = lower(name) AND name LIKE '%_@_%'),
	password     TEXT NOT NULL DEFAULT '' CHECK (password = '' OR password LIKE '$argon2id$%'), -- '' for none yet
	UNIQUE (organisation, id)
) STRICT;

-- One-time links, by the SHA-256 of their token. Times are milliseconds since 1970.
CREATE TABLE invitations (
	token        BLOB PRIMARY KEY CHECK (length(token) = 32),
	organisation INTEGER NOT NULL,
	account      INTEGER NOT NULL,
	expires      INTEGER NOT NULL,
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invitations_account ON invitations (organisation, account);

CREATE TABLE sessions (
	token        BLOB PRIMARY KEY CHECK (length(token) = 32),
	organisation INTEGER NOT NULL,
	account      INTEGER NOT NULL,
	begun        INTEGER NOT NULL,
	used         INTEGER NOT NULL CHECK (used >= begun),
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_account ON sessions (organisation, account);
CREATE INDEX sessions_begun ON sessions (begun);

-- Failed tries of a sign-in or a pairing, by a hash of whose.
CREATE TABLE tries (
	key     TEXT PRIMARY KEY CHECK (length(key) <= 64),
	n       INTEGER NOT NULL CHECK (n >= 0),
	latest  INTEGER NOT NULL,
	blocked INTEGER NOT NULL
) STRICT;
CREATE INDEX tries_latest ON tries (latest);

CREATE TABLE rooms (
	organisation INTEGER NOT NULL REFERENCES organisations (id),
	id           INTEGER PRIMARY KEY,
	name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	since        INTEGER NOT NULL,
	UNIQUE (organisation, id)
) STRICT;
CREATE UNIQUE INDEX rooms_name ON rooms (organisation, lower(name));

-- A kiosk and its last exchange. One that was unpaired stays, revoked: its
-- requests are told so, and its cells keep their series.
CREATE TABLE kiosks (
	organisation INTEGER NOT NULL,
	room         INTEGER NOT NULL,
	id           TEXT PRIMARY KEY CHECK (id <> '' AND id <> '-'),
	public_key   BLOB NOT NULL CHECK (length(public_key) = 32),
	paired       INTEGER NOT NULL,
	revoked      INTEGER,
	series       INTEGER NOT NULL DEFAULT 0 CHECK (series >= 0), -- 0 before its first report
	epoch        INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
	epoch_id     TEXT NOT NULL DEFAULT '',
	rev          INTEGER NOT NULL DEFAULT 0 CHECK (rev >= 0),    -- highest held of the series
	token        TEXT NOT NULL DEFAULT '',                      -- that its next request carries
	request      BLOB,                                          -- SHA-256 of what the last one signed
	answer       BLOB,                                          -- to it
	reported     INTEGER,
	trust        INTEGER NOT NULL DEFAULT 0 CHECK (trust BETWEEN 0 AND 3),
	skew         INTEGER NOT NULL DEFAULT 0,                     -- milliseconds ahead of us
	lights       TEXT NOT NULL DEFAULT '[]',
	forked       INTEGER,
	changes      INTEGER NOT NULL DEFAULT 1 CHECK (changes > 0),
	CHECK (series = 0 OR (epoch > 0 AND length(epoch_id) = 32 AND token <> '' AND length(request) = 32 AND reported IS NOT NULL)),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) STRICT;
CREATE INDEX kiosks_room ON kiosks (organisation, room);
CREATE UNIQUE INDEX kiosks_paired ON kiosks (organisation, room) WHERE revoked IS NULL;
CREATE UNIQUE INDEX kiosks_key ON kiosks (public_key) WHERE revoked IS NULL;

-- Kiosks that wait for a coordinator to type their code.
CREATE TABLE pairings (
	public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
	code       TEXT NOT NULL UNIQUE CHECK (length(code) = 8),
	expires    INTEGER NOT NULL
) STRICT;

-- What the rooms counted. No row can hold more than a day and a number.
CREATE TABLE cells (
	organisation INTEGER NOT NULL,
	room         INTEGER NOT NULL,
	period       TEXT NOT NULL CHECK (length(period) IN (4, 6, 7, 10)),
	measure      TEXT NOT NULL CHECK (length(measure) <= 16),
	part         TEXT NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
	series       INTEGER NOT NULL CHECK (series > 0),
	epoch        INTEGER NOT NULL CHECK (epoch > 0),
	n            INTEGER CHECK (n BETWEEN 0 AND 100000), -- NULL: withdrawn
	rev          INTEGER NOT NULL CHECK (rev > 0),
	PRIMARY KEY (organisation, room, period, measure, part, series, epoch),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) STRICT, WITHOUT ROWID;

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
