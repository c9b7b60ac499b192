package salvage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// table is one that is taken over row by row.
type table struct {
	name   string
	order  string   // in which its rows are read, without an index that may be damaged
	sealed []string // columns whose values only the room's key opens
	named  bool     // a row is of use without them
}

// tables are those that hold what a room knows, parents first. What is passed over
// is of no use after a restore: requests on their way, what could be undone, the
// row that tries whether writing works. What was counted has a way of its own.
func tables() []table {
	return []table{
		{name: "epoch"}, {name: "boot"}, {name: "import"}, {name: "person", sealed: []string{"name", "label", "sign_sealed", "choices"}, named: true}, {name: "erased"},
		{name: "volunteer", sealed: []string{"name"}, named: true}, {name: "patience"}, {name: "badge"}, {name: "visit"},
		{name: "stay"}, {name: "stranger"}, {name: "tap"}, {name: "intake", sealed: []string{"outcome", "route_sealed"}}, {name: "proof"},
		{name: "answer", order: "person", sealed: []string{"said"}}, {name: "year_answer", order: "year", sealed: []string{"tally"}},
		{name: "kept", order: "period", sealed: []string{"tally"}}, {name: "reckoning"}, {name: "link"},
		{name: "recorded", order: "batch, day"}, {name: "import_seen", order: "person, batch"}, {name: "import_kept", order: "batch, period"}, {name: "import_shift", order: "batch, period"}, {name: "import_lost", order: "batch, period"},
		{name: "import_cell", order: "batch, epoch, period, part, measure"}, {name: "import_lean", order: "batch, earlier"},
		{name: "also_named", order: "mac, batch"},
		{name: "remade", order: "mac, day, part"}, {name: "crowd", order: "day, hour, band"},
		{name: "pooling"}, {name: "pool_peer", order: "identity"}, {name: "pool_round", order: "period"},
		{name: "pool_result", order: "period"}, {name: "pool_figure", order: "period, place"},
		{name: "touch"}, {name: "daybook"}, {name: "slip", sealed: []string{"totals"}},
	}
}

// farthest is how many numbers beyond the last row that was read are tried.
const farthest = 20_000

// rows calls take with every row that can be read, as values of the columns: from
// the first one on until the damage, from the last one back to it, and those
// between by their numbers. A row may come twice.
func (s *Damaged) rows(ctx context.Context, t table, columns []string, take func([]any) error) error {
	number := "rowid"
	if t.order == "" {
		t.order = number
	} else {
		number = "0"
	}
	query := `SELECT ` + number + `, ` + strings.Join(columns, ", ") + ` FROM ` + t.name
	whole, first, err := s.each(ctx, take, len(columns), query+` ORDER BY `+t.order)
	if err != nil || whole {
		return err
	}
	whole, last, err := s.each(ctx, take, len(columns), query+` ORDER BY `+strings.ReplaceAll(t.order, ",", " DESC,")+` DESC`)
	if err != nil || whole || number == "0" {
		return err
	}
	if last <= first {
		last = first + farthest
	}
	for no := first + 1; no < last; no++ {
		if _, _, err := s.each(ctx, take, len(columns), query+` WHERE rowid = ?1`, no); err != nil {
			return err
		}
	}
	return nil
}

// each calls take with the rows of a query until the damage. It returns the number
// of the last one.
func (s *Damaged) each(ctx context.Context, take func([]any) error, columns int, query string, args ...any) (whole bool, last int64, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return false, 0, ctx.Err()
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	values, to := make([]any, columns+1), make([]any, columns+1)
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if rows.Scan(to...) != nil {
			continue
		}
		no, _ := values[0].(int64)
		if err := take(slices.Clone(values[1:])); err != nil {
			return false, no, err
		}
		last = no
	}
	return rows.Err() == nil, last, ctx.Err()
}

// Fill takes over, into the database staged, all rows but the counted cells. What
// staged has itself is kept where the damaged database has nothing, unless that one
// is whole.
func (s *Damaged) Fill(ctx context.Context, staged string, keys keyring.Keys) error {
	return dbfile.Repair(ctx, staged, func(ctx context.Context, tx *sql.Tx) error {
		f := filling{Damaged: s, tx: tx, keys: keys}
		for _, t := range tables() {
			if err := f.table(ctx, t); err != nil {
				return fmt.Errorf("salvage %s: %w", t.name, err)
			}
		}
		if err := f.numbers(ctx); err != nil {
			return fmt.Errorf("salvage numbers: %w", err)
		}
		s.Missing = s.Missing || !s.Whole || f.refused > 0
		return f.parents(ctx)
	})
}

// filling is one Fill.
type filling struct {
	*Damaged
	tx      *sql.Tx
	keys    keyring.Keys
	refused int // rows that are none, by the rules of their table
}

// columns are those of a table that both databases have.
func (f *filling) columns(ctx context.Context, t table) (columns []string, err error) {
	const query = `SELECT name FROM pragma_table_info(?1) ORDER BY cid`
	had := make(map[string]bool)
	if _, _, err := f.each(ctx, func(v []any) error {
		if name, ok := v[0].(string); ok {
			had[name] = true
		}
		return nil
	}, 1, strings.Replace(query, "name", "0, name", 1), t.name); err != nil {
		return nil, err
	}
	rows, err := f.tx.QueryContext(ctx, query, t.name)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if had[name] {
			columns = append(columns, name)
		}
	}
	return columns, rows.Err()
}

func (f *filling) exec(ctx context.Context, queries ...string) error {
	for _, query := range queries {
		if _, err := f.tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// table takes over one table: rows of the damaged one first, then, unless that one
// is whole, those of the backup that it does not have.
func (f *filling) table(ctx context.Context, t table) error {
	columns, err := f.columns(ctx, t)
	if err != nil || len(columns) == 0 {
		return err
	}
	backup := `backup_` + t.name
	if err := f.exec(ctx, `CREATE TEMP TABLE `+backup+` AS SELECT * FROM main.`+t.name, `DELETE FROM main.`+t.name); err != nil {
		return err
	}
	if err := f.rows(ctx, t, columns, func(values []any) error { return f.insert(ctx, t, columns, values) }); err != nil {
		return err
	}
	if f.Whole {
		return f.exec(ctx, `DROP TABLE `+backup)
	}
	return f.exec(ctx, `INSERT OR IGNORE INTO main.`+t.name+` SELECT * FROM `+backup, `DROP TABLE `+backup)
}

// insert takes one row, or passes it over when it cannot be one.
func (f *filling) insert(ctx context.Context, t table, columns []string, values []any) error {
	if !f.opens(t, columns, values) {
		f.refused++
		if !t.named {
			return nil
		}
	}
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("?%d", i+1)
	}
	done, err := f.tx.ExecContext(ctx,
		`INSERT OR IGNORE INTO `+t.name+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, values...)
	if sqlrow.Refused(err) {
		f.refused++
		return nil
	}
	if err != nil || !f.Whole {
		return err
	}
	// Read once, each row is a new one, unless it has become like another.
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	f.refused++
	return nil
}

// opens tells whether what is sealed in a row opens, and empties what does not: it
// would be in the way of every page that shows the person.
func (f *filling) opens(t table, columns []string, values []any) bool {
	all := true
	for i, column := range columns {
		sealed, _ := values[i].([]byte)
		if slices.Contains(t.sealed, column) && sealed != nil && !t.opens(f.keys, column, values[0], sealed) {
			values[i], all = nil, false
		}
	}
	return all
}

// opens tells whether a sealed value opens in its place: the number of its row, or
// the name of a period.
func (t table) opens(keys keyring.Keys, column string, place any, sealed []byte) bool {
	no, _ := place.(int64)
	if name, ok := place.(string); ok {
		column = name
	}
	_, err := keys.Open(sealed, t.name, column, no)
	return err == nil
}

// place is the column that says it.
func (t table) place() string {
	if t.order != "" {
		return t.order
	}
	return "rowid"
}

// How many are passed over when nobody knows how many were given out; and above which
// number an epoch is none.
const (
	revisions = 100_000
	epochs    = 100
	maxEpoch  = 100_000
)

// goOnCounting lets the numbers of changes go on above all that there are.
const goOnCounting = `UPDATE meta SET change = max(change, (SELECT coalesce(max(change), 0) FROM cell), (SELECT coalesce(max(rev), 0) FROM reckoning))`

// numbers lets go on what may never be given twice, above what the damaged
// database had given out: revisions, epochs and the numbers of rows.
func (f *filling) numbers(ctx context.Context) error {
	var rev, passed, ended int64
	know := func(to ...*int64) func([]any) error {
		return func(v []any) error {
			for i := range to {
				if n, ok := v[i].(int64); ok {
					*to[i] = max(*to[i], n)
				}
			}
			return nil
		}
	}
	meta, _, err := f.each(ctx, know(&rev, &passed, &ended), 3, `SELECT 0, rev, floor_ms, ended_day FROM meta WHERE key_check = ?1`, f.keys.Check())
	if err != nil {
		return err
	}
	meta = meta && rev > 0
	highest := int64(0)
	if err := f.rows(ctx, cellTable(), []string{"rev", "epoch"}, know(&rev, &highest)); err != nil {
		return err
	}
	if !meta {
		rev += revisions
	}
	known, _, err := f.each(ctx, know(&highest), 1, `SELECT 0, ordinal FROM epoch`)
	if err != nil {
		return err
	}
	if highest = min(highest, maxEpoch); !known {
		highest += epochs
	}
	// The new epoch goes on above the last one that there is a row of.
	if _, err := f.tx.ExecContext(ctx, lostEpoch+` WHERE ?1 > (SELECT max(ordinal) FROM epoch)`, highest); err != nil {
		return err
	}
	if _, err := f.tx.ExecContext(ctx, `UPDATE meta SET rev = max(rev, ?1), floor_ms = max(floor_ms, ?2), ended_day = nullif(max(coalesce(ended_day, 0), ?3), 0)`,
		rev, passed, ended); err != nil {
		return err
	}
	if err := f.exec(ctx, `UPDATE person SET sign_mac = NULL WHERE sign_sealed IS NULL`, `DELETE FROM upgrade`, `DELETE FROM image`, `DELETE FROM action`, `DELETE FROM pending`, `DELETE FROM sent`,
		`INSERT OR IGNORE INTO link (one) VALUES (1)`, `INSERT OR IGNORE INTO reckoning (one) VALUES (1)`,
		`INSERT OR IGNORE INTO pooling (one) VALUES (1)`, goOnCounting); err != nil {
		return err
	}
	_, _, err = f.each(ctx, func(v []any) error {
		name, _ := v[0].(string)
		seq, ok := v[1].(int64)
		if !ok || seq > 1<<40 {
			return nil
		}
		_, err := f.tx.ExecContext(ctx, `UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1`, name, seq)
		return err
	}, 2, `SELECT 0, name, seq FROM sqlite_sequence`)
	return err
}

// parents makes rows without content where something speaks of one that is lost, so
// that what was counted of it stays.
func (f *filling) parents(ctx context.Context) error {
	for _, step := range []struct{ parent, child, column, query string }{
		{"epoch", "visit", "epoch", lostEpoch}, {"epoch", "stranger", "epoch", lostEpoch}, {"epoch", "remade", "epoch", lostEpoch},
		{"person", "visit", "person", `INSERT INTO person (no, language) VALUES (?1, '')`},
		{"person", "stay", "person", `INSERT INTO person (no, language) VALUES (?1, '')`},
		{"person", "badge", "person", `INSERT INTO person (no, language) VALUES (?1, '')`},
		{"person", "stranger", "lost", `UPDATE stranger SET lost = NULL WHERE lost = ?1`},
		{"person", "tap", "person", `UPDATE tap SET person = NULL WHERE person = ?1`},
		{"person", "intake", "person", `DELETE FROM intake WHERE person = ?1`},
		{"person", "answer", "person", `DELETE FROM answer WHERE person = ?1`},
		{"person", "import_seen", "person", `DELETE FROM import_seen WHERE person = ?1`},
		{"person", "also_named", "person", `DELETE FROM also_named WHERE person = ?1`},
		{"volunteer", "badge", "volunteer", `DELETE FROM badge WHERE volunteer = ?1`},
		{"volunteer", "tap", "volunteer", `UPDATE tap SET volunteer = NULL WHERE volunteer = ?1`},
		{"badge", "proof", "badge", `DELETE FROM proof WHERE badge = ?1`},
		{"boot", "visit", "boot", lostBoot}, {"boot", "stay", "boot", lostBoot}, {"boot", "stay", "last_boot", lostBoot},
		{"boot", "stay", "out_boot", lostBoot}, {"boot", "stay", "seen_boot", lostBoot}, {"boot", "stranger", "boot", lostBoot}, {"boot", "touch", "boot", lostBoot},
	} {
		lost, err := f.lost(ctx, step.parent, step.child, step.column)
		if err != nil {
			return fmt.Errorf("look for lost rows: %w", err)
		}
		for _, no := range lost {
			if _, err := f.tx.ExecContext(ctx, step.query, no); err != nil {
				return fmt.Errorf("make up for a lost %s: %w", step.parent, err)
			}
		}
	}
	return nil
}

const (
	lostBoot  = `INSERT INTO boot (no, boot_id, first_ns, floor_ms) VALUES (?1, 'lost ' || ?1, 0, 0)`
	lostEpoch = `INSERT OR IGNORE INTO epoch (ordinal, id, reason, began_ms) SELECT ?1, randomblob(16), 'created', 0`
)

// lost returns the numbers of the parents that a column speaks of and that are not there.
func (f *filling) lost(ctx context.Context, parent, child, column string) (numbers []int64, err error) {
	key := "no"
	if parent == "epoch" {
		key = "ordinal"
	}
	rows, err := f.tx.QueryContext(ctx, `SELECT DISTINCT `+column+` FROM `+child+` WHERE `+column+` IS NOT NULL AND `+column+` NOT IN (SELECT `+key+` FROM `+parent+`)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return nil, err
		}
		numbers = append(numbers, no)
	}
	return numbers, rows.Err()
}

func cellTable() table { return table{name: "cell", order: "epoch, period, part, measure"} }

// known tells whether something can have been counted of a period.
func known(period string) bool {
	_, err := count.Period(period).Kind()
	return err == nil
}

// FillCells takes over what was counted, where it is newer than what staged says. It
// comes after the new epoch has begun, which takes all that the backup had for
// acknowledged: what the damaged database had counted and not sent is sent still.
func (s *Damaged) FillCells(ctx context.Context, staged string) error {
	return dbfile.Repair(ctx, staged, func(ctx context.Context, tx *sql.Tx) error {
		columns := []string{"epoch", "period", "part", "measure", "n", "rev", "acked_rev", "refused_rev", "refused", "change", "stage", "told"}
		had, err := (&filling{Damaged: s, tx: tx}).columns(ctx, cellTable())
		if err != nil {
			return err
		}
		insert := `INSERT INTO cell (` + strings.Join(columns, ", ") + `)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12`
		if !slices.Contains(had, "stage") { // of a file in which all that was counted was released at once
			columns = columns[:9]
			insert = strings.Replace(insert, "?10, ?11, ?12", "?6, 0, ?5", 1)
		}
		err = s.rows(ctx, cellTable(), columns, func(values []any) error {
			if period, ok := values[1].(string); !ok || !known(period) {
				s.Missing = true
				return nil
			}
			if _, err := tx.ExecContext(ctx, lostEpoch+` WHERE ?1 BETWEEN 1 AND (SELECT max(ordinal) FROM epoch)`, values[0]); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, insert+` WHERE EXISTS (SELECT 1 FROM epoch WHERE ordinal = ?1)
				ON CONFLICT (epoch, period, part, measure) DO UPDATE SET n = excluded.n, rev = excluded.rev,
				acked_rev = excluded.acked_rev, refused_rev = excluded.refused_rev, refused = excluded.refused,
				change = excluded.change, stage = excluded.stage, told = excluded.told
				WHERE excluded.change > cell.change`, values...)
			if sqlrow.Refused(err) {
				s.Missing = true
				return nil
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("salvage counts: %w", err)
		}
		if _, err := tx.ExecContext(ctx, goOnCounting); err != nil {
			return fmt.Errorf("salvage counts: %w", err)
		}
		return nil
	})
}
