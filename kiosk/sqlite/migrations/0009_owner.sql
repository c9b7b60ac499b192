-- +goose Up

-- When the room's only volunteer first vouched for a person who has no badge and wants
-- their data or to be erased, and which volunteer it was: on a later day it is done.
ALTER TABLE person ADD COLUMN alone_day INTEGER;
ALTER TABLE person ADD COLUMN alone_by INTEGER;
