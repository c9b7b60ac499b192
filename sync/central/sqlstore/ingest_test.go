package sqlstore_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// What BenchmarkIngest sends: as many clients as reach a centre at once when a
// large town is online again, for ten rooms each. A room sends what it counts
// in a month ten times, changed each time.
const (
	ingestClients = 32
	ingestRooms   = 10 * ingestClients
	ingestRounds  = 10
	ingestRows    = 120
)

// BenchmarkIngest compares batches through the API (signature, strict JSON,
// rules, store, signed answer) with the same rows upserted bare, one
// transaction a batch, by as many clients at once. ratio is bare time over API
// time: 0.7 and more is the goal, 1 as fast. What the kiosks do themselves,
// making and signing requests, is not timed.
func BenchmarkIngest(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			through := newIngestAPI(b, engines[engine](b))
			bare := newIngestBare(b, engines[engine](b))
			var apiTime, bareTime time.Duration
			round := 0
			for b.Loop() { // a month
				for range ingestRounds { // in turns, so that a slow moment of the machine hits both
					apiTime += share(b, round, through)
					bareTime += share(b, round, bare)
					round++
				}
			}
			n := float64(round * ingestRooms)
			b.ReportMetric(float64(apiTime.Nanoseconds())/n, "ns/batch")
			b.ReportMetric(float64(bareTime.Nanoseconds())/n, "bare-ns/batch")
			b.ReportMetric(bareTime.Seconds()/apiTime.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// delivery is one batch on its way: ready to be sent, and to be looked at after.
type delivery struct {
	send  func() error
	check func() error
}

// share times one round: a batch for each room, sent by all clients.
func share(b *testing.B, round int, prepare func(room int, batch batch) delivery) time.Duration {
	deliveries := make([]delivery, ingestRooms)
	for room := range deliveries {
		deliveries[room] = prepare(room, newBatch(b, round))
	}
	var clients sync.WaitGroup
	begin := time.Now()
	for client := range ingestClients {
		clients.Go(func() {
			for i := client; i < ingestRooms; i += ingestClients {
				if err := deliveries[i].send(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
	took := time.Since(begin)
	for _, d := range deliveries {
		if err := d.check(); err != nil {
			b.Fatal(err)
		}
	}
	return took
}

// batch is what one request brings.
type batch struct {
	round int
	cells []wire.Cell
	rows  []byte // the cells as JSON
}

// newBatch returns a room's batch of this round.
func newBatch(b *testing.B, round int) batch {
	month := time.Date(2024, time.Month(1+round/ingestRounds), 1, 0, 0, 0, 0, time.UTC)
	cells := make([]wire.Cell, 0, ingestRows)
	for i := range ingestRows {
		measure := []count.Measure{count.MeasureBadgeVisits, count.MeasureGuests}[i%2]
		day := count.Period(month.AddDate(0, 0, i/6%20).Format(time.DateOnly))
		cells = append(cells, cell(1, day, measure, count.Parts()[i/2%3], int64(i), int64(round*ingestRows+i+1)))
	}
	rows, err := json.Marshal(cells)
	must(b, err)
	return batch{round, cells, rows}
}

// roomKey is the key of the kiosk in that room.
func roomKey(room int) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(strconv.Itoa(room)))
	return ed25519.NewKeyFromSeed(seed[:])
}

// ingestCentre returns a centre's store at dsn, with all the rooms and their
// kiosks.
func ingestCentre(b *testing.B, dsn string) (*sqlstore.Store, []central.Room) {
	s := open(b, dsn)
	a := coordinator(b, s, "Stichting Een", "a@een.example")
	rooms := make([]central.Room, ingestRooms)
	for i := range rooms {
		rooms[i] = paired(b, s, a, fmt.Sprintf("Buurtkamer %d", i), roomKey(i).Public().(ed25519.PublicKey))
	}
	return s, rooms
}

// newIngestAPI returns what prepares a batch for the API of a centre.
func newIngestAPI(b *testing.B, dsn string) func(room int, batch batch) delivery {
	s, rooms := ingestCentre(b, dsn)
	o, err := central.New(central.Config{Store: s, Key: ed25519.NewKeyFromSeed(hash(200))})
	must(b, err)
	handler := api.New(o, nil)
	tokens := make([]string, len(rooms))
	return func(room int, batch batch) delivery {
		body := fmt.Appendf(nil, `{"version":1,"epoch":{"ordinal":1,"id":"%032d"},"seq":%d,"token":%q,"clock":{"time":"2026-11-24T12:00:00Z","trust":2},"lights":[],"cells":%s}`,
			1, batch.round+1, tokens[room], batch.rows)
		r := httptest.NewRequest(http.MethodPost, wire.SyncPath, bytes.NewReader(body))
		key := roomKey(room)
		e := wire.NewEnvelope(wire.SyncPath, rooms[room].Kiosk.ID, key.Public().(ed25519.PublicKey))
		e.Sign(r.Header, key, body)
		w := httptest.NewRecorder()
		return delivery{
			send: func() error { handler.ServeHTTP(w, r); return nil },
			check: func() error {
				var answer wire.Answer
				if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
					return err
				}
				refused := slices.ContainsFunc(answer.Results, func(r wire.Result) bool { return r.Status != wire.StatusAccepted })
				if w.Code != http.StatusOK || len(answer.Results) != ingestRows || refused {
					return fmt.Errorf("status %d: %.200s", w.Code, w.Body)
				}
				tokens[room] = answer.NextToken
				return nil
			},
		}
	}
}

// newIngestBare returns what upserts a batch into a table like ours, with the
// settings and the statement that the engine does best with.
func newIngestBare(b *testing.B, dsn string) func(room int, batch batch) delivery {
	_, rooms := ingestCentre(b, dsn) // for its tables
	upsert := bareSQLite
	if strings.HasPrefix(dsn, "postgres:") {
		upsert = barePostgres
	}
	send := upsert(b, dsn)
	return func(room int, batch batch) delivery {
		return delivery{
			send:  func() error { return send(rooms[room], batch.cells) },
			check: func() error { return nil },
		}
	}
}

// replaceOlder ends both engines' INSERT of cells.
const replaceOlder = ` ON CONFLICT (organisation, room, period, measure, part, series, epoch) DO UPDATE
	SET n = excluded.n, rev = excluded.rev WHERE excluded.rev > cells.rev`

func barePostgres(b *testing.B, dsn string) func(room central.Room, cells []wire.Cell) error {
	db, err := sql.Open("pgx", dsn)
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	return func(room central.Room, cells []wire.Cell) error {
		return inTransaction(db, func(tx *sql.Tx) error {
			var periods, measures, parts []string
			var ns, revs []int64
			for _, c := range cells {
				periods, measures, parts = append(periods, string(c.Period)), append(measures, string(c.Measure)), append(parts, string(c.Part))
				ns, revs = append(ns, *c.N), append(revs, c.Rev)
			}
			_, err := tx.Exec(`INSERT INTO cells (organisation, room, series, epoch, period, measure, part, n, rev)
				SELECT $1, $2, 1, 1, * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])`+replaceOlder,
				room.Organisation, room.ID, periods, measures, parts, ns, revs)
			return err
		})
	}
}

func bareSQLite(b *testing.B, dsn string) func(room central.Room, cells []wire.Cell) error {
	db, err := sql.Open("sqlite3", "file:"+dsn+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000&_foreign_keys=on&_secure_delete=on")
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	db.SetMaxOpenConns(1)
	insert, err := db.Prepare(`INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev) VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, ?6, ?7)` + replaceOlder)
	must(b, err)
	b.Cleanup(func() { must(b, insert.Close()) })
	return func(room central.Room, cells []wire.Cell) error {
		return inTransaction(db, func(tx *sql.Tx) error {
			insert := tx.Stmt(insert)
			defer insert.Close()
			for _, c := range cells {
				if _, err := insert.Exec(room.Organisation, room.ID, string(c.Period), string(c.Measure), string(c.Part), *c.N, c.Rev); err != nil {
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
