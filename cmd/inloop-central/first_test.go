package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/cmd/internal/centrald"
	"example.org/inloop/sync/central/sqlstore/pgtest"
)

// The folder testdata/first holds what the first release wrote for a made-up
// centre on each engine: its database, its key, and the pages and files that
// it made of them. None of it is ever written anew.

// TestFirst_TheCentreShowsTheSame opens a copy of that centre on each engine at
// the time at which it was left.
func TestFirst_TheCentreShowsTheSame(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "central.db")
		must(t, os.WriteFile(file, unpack(t, "central.db.gz"), 0o600))
		sameCentre(t, "sqlite", file)
		for _, name := range []string{file, file + "-wal"} {
			if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte("reach_")) {
				t.Errorf("%s still holds what people of one room answered", filepath.Base(name))
			}
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		if testing.Short() {
			t.Skip("starts PostgreSQL")
		}
		var cluster pgtest.Cluster
		t.Cleanup(func() { must(t, cluster.Stop()) })
		address := cluster.Database(t)
		db, err := sql.Open("pgx", address)
		must(t, err)
		_, err = db.ExecContext(t.Context(), string(unpack(t, "central.sql.gz")))
		must(t, err)
		must(t, db.Close())
		sameCentre(t, "postgres", address)
	})
}

func sameCentre(t *testing.T, engine, address string) {
	key := filepath.Join(t.TempDir(), "central.key")
	must(t, os.WriteFile(key, unpack(t, "central-"+engine+".key"), 0o600))
	at := time.Date(2025, 10, 15, 10, 0, 0, 0, time.UTC)
	site := serve(t, centrald.Config{Settings: centrald.Settings{DB: address, Key: key}, Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler)})
	for _, page := range []struct{ path, file string }{
		{"/healthz", "healthz.txt"},
		{"/csv", "all.csv"},
		{"/csv?period=2025Q3", "all-2025Q3.csv"},
		{"/csv?period=2024-12", "all-2024-12.csv"},
		{"/rooms/1/csv?period=2025Q3", "room-2025Q3.csv"},
		{"/", "overview.txt"},
		{"/?period=2025Q3", "overview-2025Q3.txt"},
		{"/rooms/1?period=2025-09", "room-2025-09.txt"},
	} {
		text := site.get(t, page.path)
		if strings.HasSuffix(page.file, ".txt") {
			text = visible(text)
		}
		compare(t, page.file, text)
	}
}

// site is a centre that is served, to somebody who is signed in.
type site struct {
	url    string
	client *http.Client
}

func serve(t *testing.T, cfg centrald.Config) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	cfg.Listener = listener
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	cfg.Ready = func(o *centrald.Daemon) { ready <- o.URL }
	go func() { ended <- centrald.Run(ctx, cfg) }()
	t.Cleanup(func() { stop(); must(t, <-ended) })
	s := &site{}
	select {
	case s.url = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	must(t, err)
	s.client = &http.Client{Jar: jar}
	answer, err := s.client.PostForm(s.url+"/sign-in", url.Values{"name": {"nadia@voorbeeld.example"}, "password": {"vier appels in een mand"}})
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/" {
		t.Fatalf("sign in: %s at %s", answer.Status, answer.Request.URL)
	}
	return s
}

func (s *site) get(t *testing.T, path string) string {
	t.Helper()
	answer, err := s.client.Get(s.url + path)
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, answer.Status)
	}
	return string(text)
}

var (
	unseen = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
	finger = regexp.MustCompile(`\b[0-9a-f]{16}\b`)
)

// visible is the text of a page, a word or number a line: how it is marked up
// is not looked at, and each of the two centres has a key of its own.
func visible(page string) string {
	text := tag.ReplaceAllString(unseen.ReplaceAllString(page, " "), " ")
	return strings.Join(strings.Fields(finger.ReplaceAllString(text, "fingerprint")), "\n") + "\n"
}

func unpack(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "first", name))
	must(t, err)
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		from, err = gzip.NewReader(f)
		must(t, err)
	}
	data, err := io.ReadAll(from)
	must(t, err)
	return data
}

// compare fails unless got is what the first release made of it. A page or a CSV
// file may have more lines among those: of a measure or a language that came since.
func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "first", name)
	want, err := os.ReadFile(file)
	must(t, err)
	if got == string(want) {
		return
	}
	if strings.Contains(got, ";reach_") {
		t.Errorf("%s tells of one room what only all rooms together tell", name)
	}
	is := strings.Split(use.ReplaceAllString(got, "$1"), "\n")
	was := strings.Split(compared.ReplaceAllString(room.ReplaceAllString(retired.ReplaceAllString(string(want), "$1$2$3$4"), "$1$2"), ""), "\n")
	if name != "healthz.txt" && within(was, is) {
		return
	}
	for i := range min(len(is), len(was)) {
		if is[i] != was[i] {
			t.Errorf("%s, line %d: %q, from the first release %q", name, i+1, is[i], was[i])
			return
		}
	}
	t.Errorf("%s: %d lines, from the first release %d", name, len(is), len(was))
}

// retired is what the first release told of people in measures that are counted no more,
// and its name for who is new: in a file, at the head of a table, in its rows, and on a
// room's own page.
var retired = regexp.MustCompile(`;[^\n]*;(?:reactivated|returning);[^\n]*\n|(Uniek\n)Nieuw\nTerug\nna\nlang\nTerugkerend\n` +
	`|(37\n)Nieuw\n(2\n)Terug\nna\nlang\n0\nTerugkerend\n35\n|(42\n3\n)1\n38\n`)

// use is the last column of a file, which came since: what its figures may be used for.
var use = regexp.MustCompile(`(?m);(?:gebruik|intern)(\r)$`)

// room is what the first release told of the answers of one room, which nobody is told
// any more: in a file, and on a page, between the heading and what stands after it.
var room = regexp.MustCompile(`;[^\n]*;reach_[nak];[^\n]*\n|(Bereik\n)(?s:Bezoekers\nmet\nweinig\n.*\n)((?:Het\nkastje\nin|Cijfers\nals)\n)`)

// compared is what the first release set beside the running day, week and month: whole
// days, of which today had only some parts. The same parts stand there now.
var compared = regexp.MustCompile(`(?:woensdag:\n)?(?:5|19|107)\n\(&#43;(?:14|28|29)\)\n`)

// within tells whether all lines of one text are in another, in their order.
func within(was, is []string) bool {
	for _, line := range is {
		if len(was) > 0 && was[0] == line {
			was = was[1:]
		}
	}
	return len(was) == 0
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
