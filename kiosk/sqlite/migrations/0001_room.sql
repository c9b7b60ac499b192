-- +goose Up

-- The one row of facts about this file. rev counts every change of a cell.
CREATE TABLE meta (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    key_check BLOB    NOT NULL CHECK (length(key_check) = 32),
    rev       INTEGER NOT NULL DEFAULT 0 CHECK (rev >= 0),
    floor_ms  INTEGER NOT NULL DEFAULT 0,  -- latest instant known to be past
    ended_day INTEGER                      -- last day whose cells were closed out
) STRICT;

-- One life of this database each: a restored backup begins another.
CREATE TABLE epoch (
    ordinal INTEGER PRIMARY KEY CHECK (ordinal > 0),
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    reason  TEXT    NOT NULL,
    began_ms INTEGER NOT NULL
) STRICT;

-- line_ms and line_ns are one instant on the true clock and on CLOCK_BOOTTIME:
-- together they date every moment of the boot.
CREATE TABLE boot (
    no       INTEGER PRIMARY KEY AUTOINCREMENT,
    boot_id  TEXT    NOT NULL UNIQUE CHECK (boot_id <> ''),
    first_ns INTEGER NOT NULL,             -- CLOCK_BOOTTIME when the boot was first seen
    floor_ms INTEGER NOT NULL,             -- the floor then
    line_ms  INTEGER,
    line_ns  INTEGER,
    trust    INTEGER NOT NULL DEFAULT 0 CHECK (trust BETWEEN 0 AND 2),
    error_ms INTEGER NOT NULL DEFAULT 0,
    source   TEXT    NOT NULL DEFAULT '',
    CHECK ((line_ms IS NULL) = (line_ns IS NULL)),
    CHECK ((trust = 0) = (line_ms IS NULL))
) STRICT;

CREATE TABLE person (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    sign      TEXT UNIQUE CHECK (sign <> ''),
    name      BLOB,                        -- sealed
    on_screen INTEGER NOT NULL DEFAULT 0 CHECK (on_screen IN (0, 1)),
    language  TEXT    NOT NULL,
    first_day INTEGER,                     -- of a visit whose row is gone or never was one
    last_day  INTEGER,                     -- likewise
    label_mac BLOB UNIQUE CHECK (length(label_mac) = 32), -- the label of an imported list
    label     BLOB                         -- the same, sealed
) STRICT;

-- Who asked to be forgotten, by number alone, so that a restored backup can
-- forget her again.
CREATE TABLE erased (
    person INTEGER PRIMARY KEY,
    day    INTEGER NOT NULL
) STRICT;

CREATE TABLE volunteer (
    no         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       BLOB,                       -- sealed
    pin        TEXT,                       -- argon2id, PHC string
    code       BLOB UNIQUE CHECK (length(code) = 32), -- SHA-256 of the one-time code
    code_until INTEGER,                    -- UTC milliseconds
    CHECK ((code IS NULL) = (code_until IS NULL))
) STRICT;

-- Wrong tries of one volunteer; 0 are the one-time codes. left_ns is what
-- remained of the wait at from_ns of the boot.
CREATE TABLE patience (
    who     INTEGER PRIMARY KEY CHECK (who >= 0),
    tries   INTEGER NOT NULL CHECK (tries >= 0),
    boot_id TEXT    NOT NULL,
    from_ns INTEGER NOT NULL,
    left_ns INTEGER NOT NULL CHECK (left_ns >= 0)
) STRICT;

CREATE TABLE badge (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    mac       BLOB    NOT NULL UNIQUE CHECK (length(mac) = 32), -- HMAC-SHA256 of the UID
    kind      TEXT    NOT NULL CHECK (kind IN ('resident', 'pass', 'volunteer')),
    person    INTEGER REFERENCES person (no),
    volunteer INTEGER REFERENCES volunteer (no),
    lost      INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1)),
    tails     BLOB,                        -- HMACs of digits on the badge that are no PIN
    CHECK ((kind = 'resident')  = (person IS NOT NULL)),
    CHECK ((kind = 'volunteer') = (volunteer IS NOT NULL))
) STRICT;
CREATE INDEX badge_person ON badge (person) WHERE person IS NOT NULL;
CREATE INDEX badge_volunteer ON badge (volunteer) WHERE volunteer IS NOT NULL;

-- A visit is one person, or one guest, in one part of one day. boot, bt_ns and
-- wall_ms are the moment as it was read, at_ms the instant that is believed;
-- day is NULL while nobody knows it.
CREATE TABLE visit (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch     INTEGER NOT NULL REFERENCES epoch (ordinal),
    person    INTEGER REFERENCES person (no),
    boot      INTEGER NOT NULL REFERENCES boot (no),
    bt_ns     INTEGER NOT NULL,
    wall_ms   INTEGER NOT NULL,
    at_ms     INTEGER,
    trust     INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 3),
    day       INTEGER,
    part      TEXT    NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
    afternoon INTEGER NOT NULL CHECK (afternoon BETWEEN 0 AND 1440), -- the bounds of the parts, in minutes
    evening   INTEGER NOT NULL CHECK (evening BETWEEN afternoon AND 1440),
    how       TEXT    NOT NULL CHECK (how IN ('badge', 'desk', 'guest_pass', 'unknown_badge', 'paper', 'import')),
    band      TEXT    CHECK (band IN ('unasked', '0-11', '12-17', '18-64', '65+')),
    assumed   INTEGER NOT NULL DEFAULT 0 CHECK (assumed IN (0, 1)),
    void      INTEGER NOT NULL DEFAULT 0 CHECK (void IN (0, 1)),
    held      INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    CHECK ((person IS NULL) = (band IS NOT NULL)),
    CHECK ((day IS NULL) = (part = '')),
    CHECK ((day IS NULL) = (trust = 0))
) STRICT;
CREATE UNIQUE INDEX visit_once ON visit (person, day, part) WHERE person IS NOT NULL AND day IS NOT NULL AND void = 0;
CREATE INDEX visit_day ON visit (day, part);
CREATE INDEX visit_person ON visit (person, day) WHERE person IS NOT NULL;
CREATE INDEX visit_pass ON visit (boot, bt_ns) WHERE how = 'guest_pass';
CREATE INDEX visit_held ON visit (no) WHERE held = 1;
CREATE INDEX visit_undated ON visit (no) WHERE day IS NULL;

-- A stay is one person in the room from arriving to leaving. last_* is her
-- latest arrival or re-opening, out_* the end; a clock's end has no boot.
CREATE TABLE stay (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    person    INTEGER NOT NULL REFERENCES person (no),
    boot      INTEGER NOT NULL REFERENCES boot (no),
    bt_ns     INTEGER NOT NULL,
    wall_ms   INTEGER NOT NULL,
    at_ms     INTEGER,
    trust     INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 3),
    day       INTEGER,
    part      TEXT    NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
    closes_ms INTEGER,                     -- when the clock closes it
    last_boot INTEGER NOT NULL REFERENCES boot (no),
    last_ns   INTEGER NOT NULL,
    last_ms   INTEGER NOT NULL,
    out_boot  INTEGER REFERENCES boot (no),
    out_ns    INTEGER,
    out_ms    INTEGER,
    ended     TEXT    NOT NULL DEFAULT '' CHECK (ended IN ('', 'measured', 'estimated', 'untimed')),
    assumed   INTEGER NOT NULL DEFAULT 0 CHECK (assumed IN (0, 1)),
    seen_boot INTEGER REFERENCES boot (no), -- a volunteer said in this boot that she is still there
    CHECK ((day IS NULL) = (part = '')),
    CHECK (ended <> '' OR out_ms IS NULL)
) STRICT;
CREATE UNIQUE INDEX stay_open ON stay (person) WHERE ended = '';
CREATE INDEX stay_day ON stay (day);
CREATE INDEX stay_person ON stay (person, day);
CREATE INDEX stay_closes ON stay (closes_ms) WHERE ended = '' AND closes_ms IS NOT NULL;

-- An unknown badge of today: its first tap, until it is somebody's or closing
-- time makes a guest of it. The row is gone when the day is.
CREATE TABLE stranger (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch     INTEGER NOT NULL REFERENCES epoch (ordinal),
    mac       BLOB    NOT NULL CHECK (length(mac) = 32),
    tails     BLOB,
    lost      INTEGER REFERENCES person (no), -- whose lost badge it is
    boot      INTEGER NOT NULL REFERENCES boot (no),
    bt_ns     INTEGER NOT NULL,
    wall_ms   INTEGER NOT NULL,
    at_ms     INTEGER,
    trust     INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 3),
    day       INTEGER,
    part      TEXT    NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
    afternoon INTEGER NOT NULL,
    evening   INTEGER NOT NULL,
    closes_ms INTEGER,
    last_ms   INTEGER,
    state     TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'counted', 'dropped')),
    CHECK ((day IS NULL) = (part = ''))
) STRICT;
CREATE UNIQUE INDEX stranger_once ON stranger (mac, day) WHERE day IS NOT NULL;
CREATE INDEX stranger_mac ON stranger (mac);
CREATE INDEX stranger_closes ON stranger (closes_ms) WHERE state = 'open';

-- What the door said today, written with the tap and read back from here.
CREATE TABLE tap (
    no        INTEGER PRIMARY KEY AUTOINCREMENT,
    boot      INTEGER NOT NULL,
    bt_ns     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    person    INTEGER REFERENCES person (no) ON DELETE SET NULL,
    volunteer INTEGER REFERENCES volunteer (no) ON DELETE SET NULL
) STRICT;

CREATE TABLE cell (
    epoch       INTEGER NOT NULL REFERENCES epoch (ordinal),
    period      TEXT    NOT NULL CHECK (period <> ''),
    measure     TEXT    NOT NULL CHECK (measure <> ''),
    part        TEXT    NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
    n           INTEGER,                   -- NULL withdraws the cell
    rev         INTEGER NOT NULL CHECK (rev > 0),
    acked_rev   INTEGER NOT NULL DEFAULT 0,
    refused_rev INTEGER NOT NULL DEFAULT 0,
    refused     TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (epoch, period, part, measure),
    CHECK (acked_rev <= rev AND refused_rev <= rev)
) STRICT, WITHOUT ROWID;
CREATE INDEX cell_unsent ON cell (rev) WHERE rev > acked_rev AND rev > refused_rev;

-- A deed of a volunteer today, and the rows that it changed as they were
-- before and after.
CREATE TABLE action (
    no     INTEGER PRIMARY KEY AUTOINCREMENT,
    day    INTEGER NOT NULL,
    at_ms  INTEGER NOT NULL,
    deed   TEXT    NOT NULL,
    by     INTEGER NOT NULL,
    person INTEGER,
    band   TEXT,
    number INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE image (
    action   INTEGER NOT NULL REFERENCES action (no),
    place    INTEGER NOT NULL,
    relation TEXT    NOT NULL CHECK (relation IN ('person', 'badge', 'visit', 'stay', 'stranger')),
    row      INTEGER NOT NULL,
    before   TEXT,                         -- NULL when there was none
    after    TEXT,
    PRIMARY KEY (action, relation, row)
) STRICT, WITHOUT ROWID;

-- What an intake came to. The answers themselves are never kept.
CREATE TABLE intake (
    person  INTEGER PRIMARY KEY REFERENCES person (no),
    outcome BLOB,                          -- sealed; NULL without consent
    quarter TEXT    NOT NULL,
    consent TEXT    NOT NULL DEFAULT '',   -- version of the text
    day     INTEGER NOT NULL,
    route   TEXT    NOT NULL DEFAULT '' CHECK (route IN ('', 'neighbour', 'doctor', 'district_team', 'flyer', 'walked_in')),
    CHECK ((outcome IS NULL) = (consent = ''))
) STRICT;

CREATE TABLE link (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    kiosk      TEXT    NOT NULL DEFAULT '',
    room       TEXT    NOT NULL DEFAULT '',
    server_key BLOB,
    url        TEXT    NOT NULL DEFAULT '',
    paired_ms  INTEGER,
    token      TEXT    NOT NULL DEFAULT '',
    seq        INTEGER NOT NULL DEFAULT 0, -- of the last request begun in this epoch
    last_ms    INTEGER,                    -- of the last settled one
    CHECK ((kiosk = '') = (server_key IS NULL))
) STRICT;
CREATE TABLE pending (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    seq   INTEGER NOT NULL,
    nonce TEXT    NOT NULL,
    body  BLOB    NOT NULL
) STRICT;
CREATE TABLE sent (
    place   INTEGER PRIMARY KEY,
    epoch   INTEGER NOT NULL,
    period  TEXT    NOT NULL,
    measure TEXT    NOT NULL,
    part    TEXT    NOT NULL,
    n       INTEGER,
    rev     INTEGER NOT NULL
) STRICT;

-- A row that is written to see whether writing works, larger than any tap.
CREATE TABLE probe (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    pad BLOB    NOT NULL
) STRICT;

INSERT INTO link (one) VALUES (1);
PRAGMA application_id = 1229868112; -- "INLP"
