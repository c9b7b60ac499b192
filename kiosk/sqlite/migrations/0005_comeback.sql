-- +goose Up

-- The highest revision that the centre has said it holds, by the key that said so,
-- and the last request of this epoch that it answered. When it later knows less,
-- it was put back from a backup; when it knows more, this database was.
ALTER TABLE link ADD COLUMN held_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN held_key BLOB;
ALTER TABLE link ADD COLUMN held_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN measures TEXT NOT NULL DEFAULT '';  -- the centre's list of measures, as a digest
ALTER TABLE link ADD COLUMN compared INTEGER NOT NULL DEFAULT 0; -- day on which all cells were compared with the centre's

UPDATE link SET held_rev = (SELECT coalesce(max(acked_rev), 0) FROM cell), held_key = server_key,
    held_seq = seq - (SELECT count(*) FROM pending) WHERE last_ms IS NOT NULL;

-- Each start of the program since the last signed answer: what was counted after
-- the first of them is of the time after a backup was put back, if one was.
CREATE TABLE start (
    no       INTEGER PRIMARY KEY AUTOINCREMENT,
    day      INTEGER NOT NULL, -- 0 when it was not known
    rev      INTEGER NOT NULL,
    visit    INTEGER NOT NULL, -- the last of the numbers that were given until then
    stranger INTEGER NOT NULL
) STRICT;
