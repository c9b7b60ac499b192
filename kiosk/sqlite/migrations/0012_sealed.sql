-- +goose Up

-- What a person chose, for the room's key alone. sign, language and on_screen say nothing
-- from here on: a step with the key moves what they say, and empties them.
ALTER TABLE person ADD COLUMN sign_mac BLOB CHECK (length(sign_mac) = 32); -- HMAC-SHA256: nobody else has the sign
ALTER TABLE person ADD COLUMN sign_sealed BLOB;
ALTER TABLE person ADD COLUMN choices BLOB; -- sealed: language, and whether the name may be on the door
CREATE UNIQUE INDEX person_sign ON person (sign_mac) WHERE sign_mac IS NOT NULL;

-- How somebody came to know the room, likewise. route says nothing from here on.
ALTER TABLE intake ADD COLUMN route_sealed BLOB;
