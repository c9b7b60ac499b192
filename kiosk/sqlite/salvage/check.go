package salvage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// applicationID is what migration 1 writes into the file's header: "INLP".
const applicationID = 1229868112

// Check looks at the database of a room that has begun, before it is opened. A
// dbfile.ErrCorrupt says that it is damaged, and a keyring.ErrKey that nothing in it
// is of this key; any other error, that nobody knows.
func Check(ctx context.Context, path string, keys keyring.Keys) error {
	if err := dbfile.Finish(path); err != nil {
		return err
	}
	bad, err := logDamaged(path)
	if err != nil {
		return err
	}
	if bad {
		return fmt.Errorf("%w: something in the middle of its log", dbfile.ErrCorrupt)
	}
	other := false
	err = dbfile.Examine(ctx, path, func(db *sql.DB) error {
		if err := begun(ctx, db); err != nil {
			return err
		}
		if err := periods(ctx, db); err != nil {
			return err
		}
		other, err = opens(ctx, db, keys)
		return err
	})
	if err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	if other {
		return keyring.ErrKey
	}
	return nil
}

// begun returns an error unless the tables are those of a room, and it knows its
// key and its migrations.
func begun(ctx context.Context, db *sql.DB) error {
	var id, rooms, migrations, last int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return err
	}
	if id != applicationID {
		return errors.New("not the database of a room")
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM meta JOIN link ON link.one = meta.one WHERE EXISTS (SELECT 1 FROM epoch)`).Scan(&rooms); err != nil {
		return err
	}
	err := db.QueryRowContext(ctx, `SELECT count(DISTINCT version_id), coalesce(max(version_id), 0) FROM goose_db_version WHERE version_id > 0 AND is_applied = 1`).
		Scan(&migrations, &last)
	if err != nil {
		return err
	}
	if rooms != 1 || migrations == 0 || migrations != last {
		return errors.New("rows are missing by which a room is known")
	}
	return nil
}

// periods returns an error when something was counted of a period that is none: it
// would be in the way of every night's work.
func periods(ctx context.Context, db *sql.DB) error {
	_, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (p count.Period, err error) {
		if err = row.Scan(&p); err == nil {
			_, err = p.Kind()
		}
		return p, err
	}, `SELECT DISTINCT period FROM cell`)
	return err
}

// opens returns an error when something sealed does not open. It is another key's
// database when nothing does, the key's own check included.
func opens(ctx context.Context, db *sql.DB, keys keyring.Keys) (other bool, err error) {
	var mac []byte
	if err := db.QueryRowContext(ctx, `SELECT key_check FROM meta`).Scan(&mac); err != nil {
		return false, err
	}
	well, ill := 0, 0
	if keys.Checks(mac) {
		well++
	} else {
		ill++
	}
	for _, t := range tables() {
		for _, column := range t.sealed {
			o, c, err := sealed(ctx, db, keys, t, column)
			if err != nil {
				return false, err
			}
			well, ill = well+o, ill+c
		}
	}
	if ill > 0 && well > 0 {
		return false, fmt.Errorf("%d sealed values do not open", ill)
	}
	return ill > 0, nil
}

// sealed tells how many values of a column open, and how many do not.
// A file that is older than the column has none: it is upgraded when it is opened.
func sealed(ctx context.Context, db *sql.DB, keys keyring.Keys, t table, column string) (well, ill int, err error) {
	var has bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2)`, t.name, column).Scan(&has)
	if err != nil || !has {
		return 0, 0, err
	}
	rows, err := db.QueryContext(ctx, `SELECT `+t.place()+`, `+column+` FROM `+t.name+` WHERE `+column+` IS NOT NULL`)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var place any
		var value []byte
		if err := rows.Scan(&place, &value); err != nil {
			return 0, 0, err
		}
		if t.opens(keys, column, place, value) {
			well++
		} else {
			ill++
		}
	}
	return well, ill, rows.Err()
}
