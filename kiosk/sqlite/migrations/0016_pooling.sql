-- +goose Up

-- Counting class C together with the organisation's other rooms.

-- The other kiosks, as the centre lists them.
CREATE TABLE pool_peer (
    identity BLOB    PRIMARY KEY CHECK (length(identity) = 32), -- its Ed25519 key
    kiosk    TEXT    NOT NULL,
    room     TEXT    NOT NULL,
    since    INTEGER NOT NULL,           -- day on which this kiosk first heard of it
    left_day INTEGER,                    -- day since which it is listed no more
    aside    INTEGER NOT NULL DEFAULT 0  -- a volunteer said that it does not count along
) STRICT, WITHOUT ROWID;

-- What the kiosk has done for a period: said that it is ready, answered for a set, once.
-- Its numbers stand here under masks alone.
CREATE TABLE pool_round (
    period       TEXT    PRIMARY KEY,              -- 2026Q3 or 2026Q4+2026
    organisation TEXT    NOT NULL DEFAULT '',
    exchange     BLOB    CHECK (length(exchange) = 32), -- the period's public X25519 key
    counts       INTEGER NOT NULL DEFAULT 1,
    signature    BLOB,
    set_hash     BLOB    CHECK (length(set_hash) = 32),
    teller       BLOB    CHECK (length(teller) = 32),
    vector       BLOB,                             -- the share
    tag          BLOB,
    quarter_n    INTEGER,                          -- persons, as they were settled
    year_n       INTEGER,
    settled      INTEGER NOT NULL DEFAULT 0,
    heard        TEXT    NOT NULL DEFAULT ''       -- how far the centre says that the round has come
) STRICT, WITHOUT ROWID;

-- What was found, by this kiosk or another, rounded.
CREATE TABLE pool_result (
    period       TEXT    PRIMARY KEY,
    organisation TEXT    NOT NULL,
    set_hash     BLOB    NOT NULL,
    teller       BLOB    NOT NULL,
    signature    BLOB    NOT NULL,
    day          INTEGER,                          -- when the centre had it; NULL while it has not
    rooms        INTEGER NOT NULL DEFAULT 0,       -- that count
    due          INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE pool_figure (
    period  TEXT    NOT NULL REFERENCES pool_result ON DELETE CASCADE,
    place   INTEGER NOT NULL,                      -- in the order that was signed
    span    TEXT    NOT NULL,                      -- the quarter or the year
    measure TEXT    NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('shown', 'small', 'withheld')),
    n       INTEGER CHECK ((n IS NULL) = (state <> 'shown')),
    PRIMARY KEY (period, place)
) STRICT, WITHOUT ROWID;

-- How this kiosk stands with all of it.
CREATE TABLE pooling (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    organisation TEXT    NOT NULL DEFAULT '', -- first used, or accepted; '-' for a room alone
    asked        TEXT    NOT NULL DEFAULT '', -- another one, that a person is to accept
    hash         TEXT    NOT NULL DEFAULT '', -- of the lists that the centre told
    signed       INTEGER NOT NULL DEFAULT 0,  -- day of the last signed answer that is believed
    refused      TEXT    NOT NULL DEFAULT ''  -- why the last thing asked was refused, '' for nothing
) STRICT;
INSERT INTO pooling (one) VALUES (1);
