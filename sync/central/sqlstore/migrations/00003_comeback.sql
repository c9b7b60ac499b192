-- How far a kiosk has come, so that it can tell who was put back from a backup.
-- +goose Up
ALTER TABLE kiosks ADD COLUMN seq <int> NOT NULL DEFAULT 0;        -- of the last request that was taken
ALTER TABLE kiosks ADD COLUMN past <bytes>;                        -- which bodies spent the last tokens
ALTER TABLE kiosks ADD COLUMN former TEXT NOT NULL DEFAULT '';     -- token of who was left behind
ALTER TABLE kiosks ADD COLUMN lost TEXT;                           -- days of which visits may be missing; NULL: not told
