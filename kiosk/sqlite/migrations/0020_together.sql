-- +goose Up

-- What people answered is counted by all rooms of an organisation together: no cell of a
-- single room's is kept, or waits to be sent.
DELETE FROM cell WHERE measure IN ('reach_n', 'reach_a', 'reach_k');
