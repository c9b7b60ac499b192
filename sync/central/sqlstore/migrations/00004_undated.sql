-- Visits of a room that wait for a date, as its kiosk last told of them.
-- +goose Up
ALTER TABLE kiosks ADD COLUMN undated TEXT NOT NULL DEFAULT '[]';
