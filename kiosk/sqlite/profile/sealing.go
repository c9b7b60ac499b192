package profile

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/sqlite/upgrade"
)

// Sealing is the step that seals what stands in clear in the rows of persons, in what
// can be undone of them too, and gives sealed names the length that tells nothing. All
// of it is one transaction: a row has to stay what an action left.
func Sealing(keys keyring.Keys) upgrade.Step {
	return upgrade.Step{Name: "seal profiles", Portion: func(ctx context.Context, tx sqlrow.Tx) (more bool, err error) {
		s := sealer{keys: keys, sealed: make(map[text][]byte), held: make(map[string]bool)}
		if err := s.persons(ctx, tx); err != nil {
			return false, fmt.Errorf("seal persons: %w", err)
		}
		if err := s.routes(ctx, tx); err != nil {
			return false, fmt.Errorf("seal routes: %w", err)
		}
		if err := s.volunteers(ctx, tx); err != nil {
			return false, fmt.Errorf("seal volunteers: %w", err)
		}
		return false, undo.Rewrite(ctx, tx, undo.TablePersons, func(person int64, row map[string]any) error {
			return s.row(row, person)
		})
	}}
}

// sealer gives one text of one row the same sealed bytes wherever it stands.
type sealer struct {
	keys   keyring.Keys
	sealed map[text][]byte
	held   map[string]bool // signs, by their HMAC
}

type text struct {
	table, column string
	row           int64
	text          string
}

// persons seals all of them.
func (s sealer) persons(ctx context.Context, tx sqlrow.Tx) error {
	columns := []string{"no", "sign", "name", "label", "on_screen", "language", "sign_mac", "sign_sealed", "choices"}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (map[string]any, error) {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := row.Scan(dest...); err != nil {
			return nil, err
		}
		r := make(map[string]any, len(columns))
		for i, name := range columns {
			r[name] = values[i]
		}
		return r, nil
	}, `SELECT no, sign, name, label, on_screen, language, sign_mac, sign_sealed, choices FROM person
		ORDER BY sign_mac IS NULL, no`) // who has a sign already keeps it
	if err != nil {
		return err
	}
	for _, r := range all {
		no, _ := r["no"].(int64)
		if err := s.row(r, no); err != nil {
			return err
		}
		if mac, ok := r["sign_mac"].([]byte); ok {
			if s.held[string(mac)] { // rows of two databases: the sign is another's by now
				r["sign_mac"], r["sign_sealed"] = nil, nil
			}
			s.held[string(mac)] = true
		}
		err := sqlrow.One(ctx, tx, `UPDATE person SET sign = NULL, on_screen = 0, language = '', name = ?2, label = ?3, sign_mac = ?4, sign_sealed = ?5, choices = ?6 WHERE no = ?1`,
			no, r["name"], r["label"], r["sign_mac"], r["sign_sealed"], r["choices"])
		if err != nil {
			return err
		}
	}
	return nil
}

// row seals what a row of table person says in clear. One that says nothing stays as it
// is.
func (s sealer) row(r map[string]any, no int64) (err error) {
	if sign, _ := r["sign"].(string); sign != "" {
		r["sign_mac"] = s.keys.Sign(sign)
		if r["sign_sealed"], err = s.seal(text{"person", "sign_sealed", no, sign}); err != nil {
			return err
		}
	}
	if language, _ := r["language"].(string); language != "" {
		screen, _ := r["on_screen"].(int64)
		if r["choices"], err = s.seal(text{"person", "choices", no, choices(kiosk.Language(language), screen != 0)}); err != nil {
			return err
		}
	}
	r["sign"], r["language"], r["on_screen"] = nil, "", int64(0)
	for _, column := range []string{"name", "label"} {
		if sealed, ok := r[column].([]byte); ok {
			if r[column], err = s.anew(sealed, "person", column, no); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s sealer) seal(t text) ([]byte, error) {
	if sealed, done := s.sealed[t]; done {
		return sealed, nil
	}
	sealed, err := s.keys.SealText(t.text, t.table, t.column, t.row)
	s.sealed[t] = sealed
	return sealed, err
}

// anew seals a text once more, when its length tells how long it is. What does not open
// is left for who looks for damage.
func (s sealer) anew(sealed []byte, table, column string, row int64) ([]byte, error) {
	opened, err := s.keys.OpenText(sealed, table, column, row)
	if err != nil || keyring.Padded(sealed) {
		return sealed, nil //nolint:nilerr // as above
	}
	return s.seal(text{table, column, row, opened})
}

// routes seals how people came to know the room.
func (s sealer) routes(ctx context.Context, tx sqlrow.Tx) error {
	type route struct {
		person int64
		said   string
	}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (r route, err error) {
		return r, row.Scan(&r.person, &r.said)
	}, `SELECT person, route FROM intake WHERE route <> ''`)
	if err != nil {
		return err
	}
	for _, r := range all {
		sealed, err := s.seal(text{"intake", "route_sealed", r.person, r.said})
		if err != nil {
			return err
		}
		if err := sqlrow.One(ctx, tx, `UPDATE intake SET route = '', route_sealed = ?2 WHERE person = ?1`, r.person, sealed); err != nil {
			return err
		}
	}
	return nil
}

func (s sealer) volunteers(ctx context.Context, tx sqlrow.Tx) error {
	type volunteer struct {
		no   int64
		name []byte
	}
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (v volunteer, err error) {
		return v, row.Scan(&v.no, &v.name)
	}, `SELECT no, name FROM volunteer WHERE name IS NOT NULL`)
	for _, v := range all {
		if err == nil {
			v.name, err = s.anew(v.name, "volunteer", "name", v.no)
		}
		if err == nil {
			err = sqlrow.One(ctx, tx, `UPDATE volunteer SET name = ?2 WHERE no = ?1`, v.no, v.name)
		}
	}
	return err
}
