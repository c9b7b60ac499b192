-- A measure's name is as long as it is: the list of measures is in the code.
-- +goose Up
ALTER TABLE cells RENAME TO cells_before;
CREATE TABLE cells (
	organisation <int> NOT NULL,
	room         <int> NOT NULL,
	period       <word> NOT NULL CHECK (length(period) IN (4, 6, 7, 10)),
	measure      <word> NOT NULL CHECK (measure <> ''),
	part         <word> NOT NULL CHECK (part IN ('', 'ochtend', 'middag', 'avond')),
	series       <int> NOT NULL CHECK (series > 0),
	epoch        <int> NOT NULL CHECK (epoch > 0),
	n            <int> CHECK (n BETWEEN 0 AND 100000), -- NULL: withdrawn
	rev          <int> NOT NULL CHECK (rev > 0),
	PRIMARY KEY (organisation, room, period, measure, part, series, epoch),
	FOREIGN KEY (organisation, room) REFERENCES rooms (organisation, id)
) <strict_by_key>;
INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev)
SELECT organisation, room, period, measure, part, series, epoch, n, rev FROM cells_before;
DROP TABLE cells_before;
