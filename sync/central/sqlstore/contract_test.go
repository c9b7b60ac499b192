package sqlstore_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/central/sqlstore/pgtest"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// cluster is the PostgreSQL server of this package's tests.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// engines names the databases, and how to get an empty one.
var engines = map[string]func(testing.TB) string{
	"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "central.db") },
	"PostgreSQL": cluster.Database,
}

// onBoth runs a test on an empty store of each engine.
func onBoth(t *testing.T, test func(t *testing.T, s *sqlstore.Store, dsn string)) {
	t.Helper()
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			dsn := engines[name](t)
			test(t, open(t, dsn), dsn)
		})
	}
}

func open(t testing.TB, dsn string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func hash(n byte) []byte { return append(make([]byte, 31), n) }

func publicKey(n byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(hash(n)).Public().(ed25519.PublicKey)
}

// coordinator returns an account of an organisation, both new.
func coordinator(t testing.TB, s *sqlstore.Store, organisation, name string) central.Account {
	t.Helper()
	must(t, s.Invite(t.Context(), organisation, name, hash(99), noon, noon.Add(time.Hour)))
	must(t, s.Accept(t.Context(), hash(99), "$argon2id$x", hash(98), noon))
	must(t, s.EndSession(t.Context(), hash(98)))
	a, _, err := s.Account(t.Context(), name)
	must(t, err)
	return a
}

// paired returns a room with a kiosk, both new.
func paired(t testing.TB, s *sqlstore.Store, a central.Account, name string, key ed25519.PublicKey) central.Room {
	t.Helper()
	code := central.PairCode{Code: fmt.Sprintf("%08X", key[:4]), Expires: noon.Add(time.Minute)}
	_, err := s.OpenPairing(t.Context(), key, code, 100, noon)
	must(t, err)
	room, err := s.Pair(t.Context(), a.Organisation, central.Room{Name: name}, "k"+code.Code, code.Code, noon)
	must(t, err)
	return room
}

// send merges cells of a kiosk's room in one exchange.
func send(t testing.TB, s *sqlstore.Store, kiosk string, series int, cells ...wire.Cell) []int64 {
	t.Helper()
	var held []int64
	must(t, s.Exchange(t.Context(), kiosk, hash(1), func(l central.CellMerger, r central.Report) (_ central.Report, err error) {
		held, err = l.Merge(series, cells)
		return report(r, series), err
	}))
	return held
}

// report is what an exchange leaves.
func report(r central.Report, series int) central.Report {
	r.Epoch.Series, r.Epoch.Epoch = series, wire.Epoch{Ordinal: 1, ID: fmt.Sprintf("%032d", series)}
	r.Request, r.Answer = hash(1), []byte(`{"an":"answer"}`)
	r.Token += "x"
	r.Time, r.Health = noon, []wire.Health{{Part: "disk", Level: "orange", Reason: "disk.low"}}
	r.Undated = []wire.Undated{{From: "2026-11-20", To: "2026-11-24", N: 3}, {N: 1}}
	r.Trust, r.Skew, r.Epoch.Rev = 2, -3*time.Second, max(r.Epoch.Rev, 7)
	return r
}

func cell(epoch int, period count.Period, m count.Measure, part count.Part, n, rev int64) wire.Cell {
	return wire.Cell{Epoch: epoch, Period: period, Measure: m, Part: part, N: &n, Rev: rev}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestOpen_TwiceAndRacing(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *sqlstore.Store, dsn string) {
		errs := make(chan error, 4)
		for range cap(errs) {
			go func() {
				s, err := sqlstore.Open(context.Background(), dsn)
				if err == nil {
					err = s.Close()
				}
				errs <- err
			}()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestOpen_WhatIsNoDatabase(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	must(t, os.WriteFile(text, []byte("this is a letter to my aunt, and nothing that a database could be made of"), 0o600))
	for name, dsn := range map[string]string{
		"nothing":         "",
		"another file":    text,
		"no such folder":  filepath.Join(t.TempDir(), "a", "b"),
		"no such server":  "postgres://inloop@/x?host=/nonexistent&sslmode=disable",
		"a malformed one": "postgres://%zz",
	} {
		if s, err := sqlstore.Open(t.Context(), dsn); err == nil {
			t.Errorf("%s: opened", name)
			must(t, s.Close())
		}
	}
}

func TestOpen_FileIsItsOwners(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "a? b#%.db")
	s := open(t, dsn)
	coordinator(t, s, "Stichting Een", "a@een.example")
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(dsn + suffix)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, want 0600", info.Name(), info.Mode().Perm())
		}
	}
}
