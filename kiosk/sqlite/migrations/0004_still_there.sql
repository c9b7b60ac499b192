-- +goose Up

-- Which badge a tap was of, by its HMAC: one that lies on the reader at a start
-- and was tapped before is no tap.
ALTER TABLE tap ADD COLUMN mac BLOB;
