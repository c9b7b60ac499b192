package sqlstore_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

// What BenchmarkIngest sends: as many clients as kiosks of a large town that
// come back at once, each with what a room counts in about a month.
const (
	ingestClients = 32
	ingestRows    = 120
)

// BenchmarkIngest compares batches through the API (signature, strict JSON,
// rules, store, signed answer) with the same rows upserted bare, one
// transaction a batch, by as many clients at once. ratio is bare time over API
// time: 0.7 and more is the goal, 1 as fast.
func BenchmarkIngest(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			through := newIngestAPI(b, engines[engine](b))
			bare := newIngestBare(b, engines[engine](b))
			var apiTime, bareTime time.Duration
			// In turns, so that a slow moment of the machine hits both.
			for done := 0; done < b.N; {
				n := min(b.N-done, 10*ingestClients)
				apiTime += share(b, n, done, through)
				bareTime += share(b, n, done, bare)
				done += n
			}
			b.ReportMetric(float64(apiTime.Nanoseconds())/float64(b.N), "ns/batch")
			b.ReportMetric(float64(bareTime.Nanoseconds())/float64(b.N), "bare-ns/batch")
			b.ReportMetric(bareTime.Seconds()/apiTime.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// share times n batches sent by all clients, numbered from first.
func share(b *testing.B, n, first int, send func(client int, batch batch) error) time.Duration {
	batches := make([]batch, n) // made beforehand: that is the kiosks' work
	for i := range batches {
		batches[i] = newBatch(b, first+i)
	}
	var clients sync.WaitGroup
	begin := time.Now()
	for client := range ingestClients {
		clients.Go(func() {
			for i := client; i < n; i += ingestClients {
				if err := send(client, batches[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
	return time.Since(begin)
}

// batch is what one request brings.
type batch struct {
	seq   int
	cells []wire.Cell
	rows  []byte // the cells as JSON
}

// newBatch returns the batch of this number: nine of ten are of months that
// were sent before, and changed.
func newBatch(b *testing.B, seq int) batch {
	month := time.Date(2024, time.Month(1+seq/ingestClients/10), 1, 0, 0, 0, 0, time.UTC)
	cells := make([]wire.Cell, 0, ingestRows)
	for i := range ingestRows {
		measure := []wire.Measure{wire.BadgeVisits, wire.Guests}[i%2]
		day := wire.Period(month.AddDate(0, 0, i/6%20).Format(time.DateOnly))
		cells = append(cells, cell(1, day, measure, wire.Parts()[i/2%3], int64(i), int64(seq*ingestRows+i+1)))
	}
	rows, err := json.Marshal(cells)
	must(b, err)
	return batch{seq, cells, rows}
}

// newIngestAPI returns what sends a batch through the API of an office with a
// room for each client.
func newIngestAPI(b *testing.B, dsn string) func(client int, batch batch) error {
	s := open(b, dsn)
	serverKey := ed25519.NewKeyFromSeed(hash(200))
	o, err := central.New(central.Config{Store: s, Key: serverKey})
	must(b, err)
	api := central.NewAPI(o)
	a := coordinator(b, s, "Stichting Een", "a@een.example")
	var keys []ed25519.PrivateKey
	var kiosks [ingestClients]string
	var tokens [ingestClients]string
	for i := range ingestClients {
		keys = append(keys, ed25519.NewKeyFromSeed(hash(byte(i+1))))
		kiosks[i] = paired(b, s, a, fmt.Sprintf("Buurtkamer %d", i), publicKey(byte(i+1))).Kiosk.ID
	}
	next := regexp.MustCompile(`"next_token":"([^"]+)"`)
	return func(client int, batch batch) error {
		body := fmt.Appendf(nil, `{"version":1,"epoch":{"ordinal":1,"id":"%032d"},"seq":%d,"token":%q,"clock":{"time":"2026-11-24T12:00:00Z","trust":2},"lights":[],"cells":%s}`,
			1, batch.seq+1, tokens[client], batch.rows)
		r := httptest.NewRequest(http.MethodPost, wire.SyncPath, bytes.NewReader(body))
		e := wire.NewEnvelope(wire.SyncPath, kiosks[client], keys[client].Public().(ed25519.PublicKey))
		e.Sign(r.Header, keys[client], body)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		answer, err := io.ReadAll(w.Body)
		if err != nil {
			return err
		}
		token := next.FindSubmatch(answer)
		if w.Code != http.StatusOK || token == nil || bytes.Count(answer, []byte(`"accepted"`)) != ingestRows {
			return fmt.Errorf("status %d: %.200s", w.Code, answer)
		}
		tokens[client] = string(token[1])
		return nil
	}
}

// newIngestBare returns what upserts a batch into a table like ours, with the
// settings and the statement that the engine does best with.
func newIngestBare(b *testing.B, dsn string) func(client int, batch batch) error {
	s := open(b, dsn) // for its tables
	a := coordinator(b, s, "Stichting Een", "a@een.example")
	var rooms [ingestClients]int64
	for i := range ingestClients {
		rooms[i] = paired(b, s, a, fmt.Sprintf("Buurtkamer %d", i), publicKey(byte(i+1))).ID
	}
	const upsert = ` ON CONFLICT (organisation, room, period, measure, part, series, epoch) DO UPDATE
		SET n = excluded.n, rev = excluded.rev WHERE excluded.rev > cells.rev`
	if strings.HasPrefix(dsn, "postgres:") {
		db, err := sql.Open("pgx", dsn)
		must(b, err)
		b.Cleanup(func() { must(b, db.Close()) })
		db.SetMaxOpenConns(8)
		db.SetMaxIdleConns(8)
		return func(client int, batch batch) error {
			return inTransaction(db, func(tx *sql.Tx) error {
				var periods, measures, parts []string
				var ns, revs []int64
				for _, c := range batch.cells {
					periods, measures, parts = append(periods, string(c.Period)), append(measures, string(c.Measure)), append(parts, string(c.Part))
					ns, revs = append(ns, *c.N), append(revs, c.Rev)
				}
				_, err := tx.Exec(`INSERT INTO cells (organisation, room, series, epoch, period, measure, part, n, rev)
					SELECT $1, $2, 1, 1, * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])`+upsert,
					a.Organisation, rooms[client], periods, measures, parts, ns, revs)
				return err
			})
		}
	}
	db, err := sql.Open("sqlite3", "file:"+dsn+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000&_foreign_keys=on&_secure_delete=on")
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	db.SetMaxOpenConns(1)
	insert, err := db.Prepare(`INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev) VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, ?6, ?7)` + upsert)
	must(b, err)
	b.Cleanup(func() { must(b, insert.Close()) })
	return func(client int, batch batch) error {
		return inTransaction(db, func(tx *sql.Tx) error {
			insert := tx.Stmt(insert)
			defer insert.Close()
			for _, c := range batch.cells {
				if _, err := insert.Exec(a.Organisation, rooms[client], string(c.Period), string(c.Measure), string(c.Part), *c.N, c.Rev); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func inTransaction(db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
