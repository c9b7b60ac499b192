-- Who an organisation accounts to, and the accounts that read what was released to them.
-- +goose Up
ALTER TABLE accounts ADD COLUMN role TEXT NOT NULL DEFAULT 'coordinator' CHECK (role <> '');

CREATE TABLE funders (
	organisation <int> NOT NULL REFERENCES organisations (id),
	id           <id>,
	name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
	contract     TEXT NOT NULL CHECK (length(contract) <= 120),
	whole        <int> NOT NULL CHECK (whole IN (0, 1)), -- it sees the whole organisation
	UNIQUE (organisation, id),
	UNIQUE (organisation, name, contract)
) <strict>;

-- The single rooms that each sees.
CREATE TABLE funder_rooms (
	organisation <int> NOT NULL,
	funder       <int> NOT NULL,
	room         <int> NOT NULL,
	PRIMARY KEY (organisation, funder, room),
	FOREIGN KEY (organisation, funder) REFERENCES funders (organisation, id) ON DELETE CASCADE,
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) <strict_by_key>;

-- Who reads for each. One account can read for funders of several organisations.
CREATE TABLE funder_readers (
	organisation <int> NOT NULL,
	funder       <int> NOT NULL,
	account      <int> NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	PRIMARY KEY (organisation, funder, account),
	FOREIGN KEY (organisation, funder) REFERENCES funders (organisation, id) ON DELETE CASCADE
) <strict_by_key>;
CREATE INDEX funder_readers_account ON funder_readers (account);

-- One-time links for them, by the SHA-256 of their token.
CREATE TABLE funder_links (
	token        <bytes> PRIMARY KEY CHECK (<size>(token) = 32),
	organisation <int> NOT NULL,
	funder       <int> NOT NULL,
	name         TEXT NOT NULL CHECK (name = lower(name)),
	expires      <int> NOT NULL,
	UNIQUE (organisation, funder, name),
	FOREIGN KEY (organisation, funder) REFERENCES funders (organisation, id) ON DELETE CASCADE
) <strict>;
