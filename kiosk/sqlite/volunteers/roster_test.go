package volunteers_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/sqlrow/sqlrowtest"
	"example.org/inloop/kiosk/sqlite/volunteers"
)

// team is the volunteers of a room of which there is nothing else.
type team struct {
	*volunteers.Roster
	t   *testing.T
	db  *sql.DB
	now kiosk.Moment
}

// Now reads the team's clocks.
func (m *team) Now() kiosk.Moment { return m.now }

func (m *team) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// write is what a store hands to its volunteers.
func (m *team) write(ctx context.Context, fn func(context.Context, sqlrow.Tx, kiosk.Moment) error) error {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(ctx, tx, m.now); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func newTeam(t *testing.T) *team {
	t.Helper()
	keys, err := keyring.Load(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	m := &team{t: t, db: sqlrowtest.Tables(t)}
	m.now = kiosk.Moment{Wall: time.Date(2026, time.November, 24, 14, 0, 0, 0, time.UTC), Boot: "boot 1", Since: time.Hour}
	m.Roster = volunteers.New(m.write, func() (*sql.DB, error) { return m.db, nil }, keys, m, auth.Hash)
	return m
}

// add adds a volunteer with a PIN.
func (m *team) add(name, pin string) int64 {
	m.t.Helper()
	code, err := m.AddVolunteer(m.t.Context(), name)
	m.must(err)
	no, err := m.CheckCode(m.t.Context(), code)
	m.must(err)
	m.must(m.SetPIN(m.t.Context(), no, code, pin))
	return no
}

// wait enters a PIN that is not looked at yet, and returns for how long.
func (m *team) wait(volunteer int64) time.Duration {
	m.t.Helper()
	var refused *kiosk.PINError
	if err := m.CheckPIN(m.t.Context(), volunteer, "000111"); !errors.As(err, &refused) {
		m.t.Fatalf("%v, want a PINError", err)
	}
	return refused.Wait
}

// What is left of a wait is noted each minute: the plug that is pulled in
// between adds no more than that to it.
func TestKeepWaits_APowerCutAddsLittle(t *testing.T) {
	m := newTeam(t)
	gerda := m.add("Gerda", "590243")
	for range 5 {
		m.wait(gerda)
	}
	m.now.Since += 20 * time.Second
	m.must(m.write(t.Context(), volunteers.KeepWaits))
	m.now = kiosk.Moment{Wall: m.now.Wall, Boot: "boot 2", Since: 10 * time.Second}
	if got := m.wait(gerda); got != 10*time.Second {
		t.Errorf("%v to wait after a power cut, want the 10 s that were left of 30", got)
	}
}

// Neither a name nor a PIN can be read in the rows.
func TestRoster_KeepsNamesAndPINsUnreadable(t *testing.T) {
	m := newTeam(t)
	m.add("Gerda", "590243")
	var found int
	m.must(m.db.QueryRowContext(t.Context(),
		`SELECT count(*) FROM volunteer WHERE instr(name, 'Gerda') OR instr(pin, '590243') OR code IS NOT NULL`).Scan(&found))
	if found != 0 {
		t.Error("a name, a PIN or a used code stands in the table")
	}
	all, err := m.Volunteers(t.Context())
	m.must(err)
	if len(all) != 1 || all[0].Name != "Gerda" || !all[0].HasPIN {
		t.Errorf("volunteers are %+v", all)
	}
}
