package central

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// What an exchange can be refused for.
var (
	// ErrRevoked is returned to a kiosk that was unpaired; nothing changed.
	ErrRevoked = errors.New("kiosk is revoked")
	// ErrForked is what a ForkError is: an old token, or an epoch that cannot be
	// this kiosk's. Two hold its key, or one side's backup was restored.
	ErrForked = errors.New("token or epoch of another holder of the key")
)

// KioskKey returns the public key of a kiosk that is or was paired, or
// ErrNotFound.
func (o *Centre) KioskKey(ctx context.Context, kiosk string) (ed25519.PublicKey, error) {
	key, err := o.kiosks.Key(ctx, kiosk)
	if err != nil {
		return nil, fmt.Errorf("find kiosk: %w", err)
	}
	return key, nil
}

// Exchange takes a kiosk's report, whose signature was verified, and returns the
// body of the answer. hash is the SHA-256 of the report's body, by which one that
// comes again is known. Errors: ErrRevoked, *ForkError, ErrOverloaded.
func (o *Centre) Exchange(ctx context.Context, kiosk string, r wire.Request, hash []byte) (answer []byte, err error) {
	t := exchange{
		request: r, hash: hash, now: o.now(), zone: o.zone, interval: o.interval, measures: o.measures, key: o.key, periods: map[count.Period]bool{},
	}
	if err := o.kiosks.Exchange(ctx, kiosk, t.hash, t.answerTo); err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	defer o.changed.send()
	if t.refusal != nil {
		o.log.Warn("a kiosk's request does not follow its last one", "kiosk", kiosk, "second holder", t.refusal.Resume == "", "known", t.refusal)
		return nil, t.refusal
	}
	return t.answer, nil
}

// exchange is one report being taken.
type exchange struct {
	request  wire.Request
	hash     []byte // SHA-256 of the body
	now      time.Time
	zone     *time.Location
	interval time.Duration
	measures count.Catalogue
	key      ed25519.PrivateKey
	periods  map[count.Period]bool // whether they lie ahead

	answer  []byte
	refusal *ForkError
	proven  bool // two live holders of the key
}

// answerTo is the rule of an exchange: it returns the report that is kept after
// this request, and sets answer or refusal.
func (t *exchange) answerTo(l CellMerger, was Report) (Report, error) {
	if was.Revoked {
		return was, ErrRevoked
	}
	if bytes.Equal(t.hash, was.Request) {
		// The last request again: its answer was lost. Under the same nonce the
		// answer's signature is the same too, on whatever server.
		t.answer = was.Answer
		return was, nil
	}
	epoch, ok := t.epoch(was)
	if !ok {
		return t.refuse(was), nil
	}
	next := was
	next.Past, next.Seq = was.Past.spent(t.request.Epoch, t.request.Token, t.hash), t.request.Seq
	if t.request.Token != was.Token || epoch.Epoch != was.Epoch.Epoch {
		next.Former = was.Token // its holder, if there is one, has been left behind
	}
	next.Epoch, next.Request, next.Token = epoch, t.hash, rand.Text()
	next.Time, next.Trust, next.Health = t.now, t.request.Clock.Trust, t.request.Health
	if t.request.Version > wire.Version { // an older one cannot tell, and ends nothing
		next.Undated, next.Lost = t.request.Undated, append([]wire.LostDays{}, t.request.Lost...)
	}
	next.Skew = t.request.Clock.Time.Sub(t.now)
	if epoch.Epoch != was.Epoch.Epoch {
		next.Forked = time.Time{} // this is what was asked of the holder; the other's next request is a fork again
	}
	results, err := t.merge(l, epoch.Series, &next.Epoch.Rev)
	if err != nil {
		return was, err
	}
	said := wire.Answer{
		Version: t.request.Version, Time: t.now.UTC(), Results: results, Rev: next.Epoch.Rev,
		NextToken: next.Token, Interval: int(t.interval.Seconds()),
	}
	if err := t.compare(l, epoch.Series, &said); err != nil {
		return was, err
	}
	if t.request.Pool != nil {
		if said.Pool, err = t.pooled(l, was.Kiosk); err != nil {
			return was, err
		}
	}
	next.Answer, err = t.encode(said)
	return next, err
}

// encode sets the answer and returns it as it is kept, to be given again: without the
// shares of others, which are kept in one place and deleted there.
func (t *exchange) encode(said wire.Answer) (kept []byte, err error) {
	if t.answer, err = json.Marshal(said); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	if said.Pool == nil || said.Pool.Round == nil || len(said.Pool.Round.Shares) == 0 {
		return t.answer, nil
	}
	pool := *said.Pool
	pool.Round, said.Pool = nil, &pool
	if kept, err = json.Marshal(said); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return kept, nil
}

// epoch returns the epoch that the request continues or begins; ok is false for
// one that it cannot.
func (t *exchange) epoch(was Report) (_ Epoch, ok bool) {
	epoch, here := t.request.Epoch, was.Epoch
	switch {
	case t.request.Resume != "":
		return t.resumed(was)
	case here.Series != 0 && epoch == here.Epoch:
		return here, t.request.Token != "" && t.request.Token == was.Token
	case t.request.Token != "": // only an epoch's first request begins anything
		return Epoch{}, false
	case here.Series != 0:
		return Epoch{Series: here.Series, Epoch: epoch, Rev: here.Rev}, epoch.Ordinal > here.Ordinal
	}
	return t.first(was), true
}

// first returns the epoch of a kiosk that has not reported before: it goes on in
// the series of its key, or begins another.
func (t *exchange) first(was Report) Epoch {
	epoch, last := t.request.Epoch, was.LastEpoch
	if last.Series > 0 && (epoch.Ordinal > last.Ordinal || epoch == last.Epoch) {
		return Epoch{Series: last.Series, Epoch: epoch, Rev: last.Rev}
	}
	return Epoch{Series: was.Series + 1, Epoch: epoch}
}

// address is what a cell replaces an older revision of.
type address struct {
	epoch   int
	period  count.Period
	measure count.Measure
	part    count.Part
}

// merge checks each cell alone, merges those that pass, and returns the results
// in the request's order. It raises rev to the highest revision that is held.
func (t *exchange) merge(l CellMerger, series int, rev *int64) ([]wire.Result, error) {
	cells := t.request.Cells
	results := make([]wire.Result, len(cells))
	places := make([]int, len(cells)) // in merge, of each cell's address
	merge := make([]wire.Cell, 0, len(cells))
	taken := make(map[address]int, len(cells)) // place in merge
	for i, c := range cells {
		if c.Retired(t.request.Version, t.measures) {
			results[i] = wire.Result{Status: wire.StatusAccepted}
			*rev = max(*rev, min(c.Rev, wire.MaxRev)) // as if it were held: its kiosk goes by that
			continue
		}
		if code := t.fault(c); code != "" {
			results[i] = wire.Result{Status: wire.StatusRejected, Code: code}
			continue
		}
		at := address{c.Epoch, c.Period, c.Measure, c.Part}
		place, twice := taken[at]
		switch {
		case !twice:
			place = len(merge)
			taken[at] = place
			merge = append(merge, c)
		case c.Rev > merge[place].Rev:
			merge[place] = c
		}
		places[i] = place
	}
	held, err := l.Merge(series, merge)
	if err != nil {
		return nil, fmt.Errorf("merge %d cells: %w", len(merge), err)
	}
	for i, c := range cells {
		switch {
		case results[i].Status != "":
		case held[places[i]] > c.Rev:
			results[i] = wire.Result{Status: wire.StatusStale, Rev: held[places[i]]}
		default:
			results[i] = wire.Result{Status: wire.StatusAccepted}
		}
	}
	*rev = max(*rev, slices.Max(append(held, 0)))
	return results, nil
}

// fault returns why a cell is refused, or "".
func (t *exchange) fault(c wire.Cell) wire.Code {
	if bad := (*wire.CellError)(nil); errors.As(c.Check(t.measures, t.request.Epoch.Ordinal), &bad) {
		return bad.Code
	}
	if t.ahead(c.Period) {
		return wire.CodeFuture
	}
	return ""
}

// ahead tells whether a period begins more than a day after today. A request
// names the same few periods again and again, so the answers are kept.
func (t *exchange) ahead(p count.Period) bool {
	ahead, known := t.periods[p]
	if !known {
		from, _, err := p.Span()
		ahead = err == nil && from > count.DayOf(t.now, t.zone)+1 // Cell.Check has refused what is no period
		t.periods[p] = ahead
	}
	return ahead
}

// KioskStore is what an exchange with a kiosk needs.
type KioskStore interface {
	// Key returns the public key of a kiosk that is or was paired, or
	// ErrNotFound. The answer for one id never changes.
	Key(ctx context.Context, kiosk string) (ed25519.PublicKey, error)

	// Exchange calls rule once, with the kiosk's report as it stands, alone among all
	// servers for this kiosk, and keeps the report that rule returns together
	// with what it merged. An error of rule undoes both. The
	// report holds its Answer only where its Request is the one given here.
	Exchange(ctx context.Context, kiosk string, request []byte, rule func(CellMerger, Report) (Report, error)) error
}

// CellMerger is where the cells of one kiosk's room, and the rounds of its organisation,
// are kept, during one exchange.
type CellMerger interface {
	// Merge takes each cell whose revision is above the one held for the same
	// (series, epoch, period, measure, part), and returns the revision held
	// thereafter for each, in order. No two cells may be for the same.
	Merge(series int, cells []wire.Cell) (held []int64, err error)

	// Held returns the cells of a stretch of periods of an epoch as they are now, in
	// whatever order, but no more than limit.
	Held(series int, stretch wire.Checksum, limit int) ([]wire.Cell, error)

	RoundKeeper
}

// Report is what the store keeps of a kiosk's exchanges.
type Report struct {
	Kiosk     string          // id
	Revoked   bool            // read only
	Epoch     Epoch           // of this kiosk; zero before its first request
	LastEpoch Epoch           // before that, of the last kiosk in the room with this one's key; read only
	Series    int             // before that, the last of the room, by any kiosk; read only
	Token     string          // that its next request must carry
	Request   []byte          // SHA-256 of the body of the last request that was taken
	Answer    []byte          // to it
	Seq       int64           // of that request
	Past      SpentTokens     // which bodies spent the last tokens
	Former    string          // the token of who was left behind when another began anew
	Rev       int64           // highest revision held
	Time      time.Time       // when it last reported
	Trust     int             // of its clock then
	Skew      time.Duration   // its clock ahead of ours then
	Health    []wire.Health   //
	Lost      []wire.LostDays // days of which visits may be missing; nil when it never told
	Undated   []wire.Undated  // visits that wait for a date, as a request of version 2 last said
	Forked    time.Time       // when a second holder of its key was last met in this epoch
}

// Epoch is one generation of a room's database at the centre. A series is an unbroken
// row of epochs: a database and what was restored from it. Those go by one key,
// so a kiosk of another key begins the room's next series, and so does one that
// starts anew: its first epoch is not taken for the first of all.
type Epoch struct {
	Series int // from 1; 0 for none
	wire.Epoch
	Rev int64 // highest revision held of the series
}
