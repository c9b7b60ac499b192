-- Two measures are counted no more; rooms forget them too.
-- +goose Up
DELETE FROM cells WHERE measure IN ('reactivated', 'returning');
