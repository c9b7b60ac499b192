-- +goose Up
CREATE TABLE organisations (
	id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE accounts (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	organisation BIGINT NOT NULL REFERENCES organisations (id),
	name         TEXT NOT NULL UNIQUE CHECK (name = lower(name) AND name LIKE '%_@_%'),
	password     TEXT NOT NULL DEFAULT '' CHECK (password = '' OR password LIKE '$argon2id$%'), -- '' for none yet
	UNIQUE (organisation, id)
);

-- One-time links, by the SHA-256 of their token. Times are milliseconds since 1970.
CREATE TABLE invitations (
	token        BYTEA PRIMARY KEY CHECK (octet_length(token) = 32),
	organisation BIGINT NOT NULL,
	account      BIGINT NOT NULL,
	expires      BIGINT NOT NULL,
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
);
CREATE INDEX invitations_account ON invitations (organisation, account);

CREATE TABLE sessions (
	token        BYTEA PRIMARY KEY CHECK (octet_length(token) = 32),
	organisation BIGINT NOT NULL,
	account      BIGINT NOT NULL,
	begun        BIGINT NOT NULL,
	used         BIGINT NOT NULL CHECK (used >= begun),
	FOREIGN KEY (organisation, account) REFERENCES accounts (organisation, id) ON DELETE CASCADE
);
CREATE INDEX sessions_account ON sessions (organisation, account);
CREATE INDEX sessions_begun ON sessions (begun);

-- Failed tries of a sign-in or a pairing, by a hash of whose.
CREATE TABLE tries (
	key     TEXT PRIMARY KEY CHECK (length(key) <= 64),
	n       BIGINT NOT NULL CHECK (n >= 0),
	latest  BIGINT NOT NULL,
	blocked BIGINT NOT NULL
);
CREATE INDEX tries_latest ON tries (latest);

CREATE TABLE rooms (
	organisation BIGINT NOT NULL REFERENCES organisations (id),
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	since        BIGINT NOT NULL,
	UNIQUE (organisation, id)
);
CREATE UNIQUE INDEX rooms_name ON rooms (organisation, lower(name));

-- A kiosk and its last exchange. One that was unpaired stays, revoked: its
-- requests are told so, and its cells keep their series.
CREATE TABLE kiosks (
	organisation BIGINT NOT NULL,
	room         BIGINT NOT NULL,
	id           TEXT PRIMARY KEY CHECK (id <> '' AND id <> '-'),
	public_key   BYTEA NOT NULL CHECK (octet_length(public_key) = 32),
	paired       BIGINT NOT NULL,
	revoked      BIGINT,
	series       BIGINT NOT NULL DEFAULT 0 CHECK (series >= 0), -- 0 before its first report
	epoch        BIGINT NOT NULL DEFAULT 0 CHECK (epoch >= 0),
	epoch_id     TEXT NOT NULL DEFAULT '',
	rev          BIGINT NOT NULL DEFAULT 0 CHECK (rev >= 0),    -- highest held of the series
	token        TEXT NOT NULL DEFAULT '',                      -- that its next request carries
	request      BYTEA,                                         -- SHA-256 of what the last one signed
	answer       BYTEA,                                         -- to it
	reported     BIGINT,
	trust        BIGINT NOT NULL DEFAULT 0 CHECK (trust BETWEEN 0 AND 3),
	skew         BIGINT NOT NULL DEFAULT 0,                     -- milliseconds ahead of us
	lights       TEXT NOT NULL DEFAULT '[]',
	forked       BIGINT,
	changes      BIGINT NOT NULL DEFAULT 1 CHECK (changes > 0),
	CHECK (series = 0 OR (epoch > 0 AND length(epoch_id) = 32 AND token <> '' AND octet_length(request) = 32 AND reported IS NOT NULL)),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
);
CREATE INDEX kiosks_room ON kiosks (organisation, room);
CREATE UNIQUE INDEX kiosks_paired ON kiosks (organisation, room) WHERE revoked IS NULL;
CREATE UNIQUE INDEX kiosks_key ON kiosks (public_key) WHERE revoked IS NULL;

-- Kiosks that wait for a coordinator to type their code.
CREATE TABLE pairings (
	public_key BYTEA PRIMARY KEY CHECK (octet_length(public_key) = 32),
	code       TEXT NOT NULL UNIQUE CHECK (length(code) = 8),
	expires    BIGINT NOT NULL
);

-- What the rooms counted. No row can hold more than a day and a number.
CREATE TABLE cells (
	organisation BIGINT NOT NULL,
	room         BIGINT NOT NULL,
	period       TEXT COLLATE "C" NOT NULL CHECK (length(period) IN (4, 6, 7, 10)),
	measure      TEXT COLLATE "C" NOT NULL CHECK (length(measure) <= 16),
	part         TEXT COLLATE "C" NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
	series       BIGINT NOT NULL CHECK (series > 0),
	epoch        BIGINT NOT NULL CHECK (epoch > 0),
	n            BIGINT CHECK (n BETWEEN 0 AND 100000), -- NULL: withdrawn
	rev          BIGINT NOT NULL CHECK (rev > 0),
	PRIMARY KEY (organisation, room, period, measure, part, series, epoch),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
);

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
