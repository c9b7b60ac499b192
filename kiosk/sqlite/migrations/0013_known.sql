-- +goose Up

-- Two measures are counted no more; the centre forgets them too.
DELETE FROM cell WHERE measure IN ('reactivated', 'returning');
