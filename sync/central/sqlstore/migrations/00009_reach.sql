-- What people of one room answered is kept no more: only all rooms together tell of it.
-- +goose Up
DELETE FROM cells WHERE measure IN ('reach_n', 'reach_a', 'reach_k');
