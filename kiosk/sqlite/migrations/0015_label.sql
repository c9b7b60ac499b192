-- +goose Up

-- Two people who were kept before labels were compared as people read them, and whose
-- labels mean the same: a volunteer says what they are. settled is 1 for two people.
CREATE TABLE twin (
    person  INTEGER PRIMARY KEY REFERENCES person (no) ON DELETE CASCADE,
    other   INTEGER NOT NULL REFERENCES person (no) ON DELETE CASCADE,
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    CHECK (person <> other)
) STRICT;
CREATE INDEX twin_other ON twin (other);

-- Another label under which the owner of a list says that a person stands in it.
CREATE TABLE also_named (
    mac    BLOB    NOT NULL CHECK (length(mac) = 32),
    person INTEGER NOT NULL REFERENCES person (no) ON DELETE CASCADE,
    batch  INTEGER NOT NULL,
    PRIMARY KEY (mac, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX also_named_person ON also_named (person);
CREATE INDEX also_named_batch ON also_named (batch);
