package central

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// sync answers a kiosk's report. It is judged in the order that package wire
// tells: size, signature, version, body, revocation, token.
func (a *API) sync(ctx context.Context, q signedRequest) (reply, error) {
	o := a.centre
	kiosk := q.envelope.Kiosk
	key, err := o.store.Key(ctx, kiosk)
	if errors.Is(err, ErrNotFound) {
		return reply{}, refuse(wire.FaultUnsigned, "no such kiosk: pair it")
	}
	if err != nil {
		return reply{}, fmt.Errorf("find kiosk: %w", err)
	}
	if err := q.verify(key); err != nil {
		return reply{}, err
	}
	r, err := decode(q.body, func(r wire.Request) int { return r.Version })
	if err != nil {
		return reply{}, err
	}
	if len(r.Cells) > wire.MaxRows {
		return reply{}, refuse(wire.FaultTooLarge, fmt.Sprintf("%d cells: want at most %d", len(r.Cells), wire.MaxRows))
	}
	t := exchange{request: r, hash: q.hash(), now: o.now(), zone: o.zone, interval: o.interval, measures: o.measures, periods: map[count.Period]bool{}}
	err = o.store.Exchange(ctx, kiosk, t.hash, t.answerTo)
	switch {
	case errors.Is(err, errRevoked):
		return reply{}, refuse(wire.FaultRevoked, "this kiosk was unpaired: go on counting, and call the coordinator")
	case errors.Is(err, ErrOverloaded):
		return reply{}, errTooBusy
	case err != nil:
		return reply{}, fmt.Errorf("exchange: %w", err)
	case t.forked:
		o.log.Warn("a second holder of a kiosk's key, or a token of before", "kiosk", kiosk)
		o.changed.send()
		return reply{}, refuse(wire.FaultForked, "an old token, or an epoch that is not this kiosk's: two hold its key, or a backup was restored: begin a new epoch")
	}
	o.changed.send()
	return reply{http.StatusOK, t.answer}, nil
}

// exchange is one report being judged.
type exchange struct {
	request  wire.Request
	hash     []byte // SHA-256 of the body
	now      time.Time
	zone     *time.Location
	interval time.Duration
	measures count.Catalogue
	periods  map[count.Period]bool // whether they lie ahead

	answer []byte
	forked bool
}

// errRevoked undoes the exchange of a kiosk that was unpaired.
var errRevoked = errors.New("kiosk is revoked")

// answerTo is the rule of an exchange: it returns the report that is kept after
// this request, and sets answer or forked.
func (t *exchange) answerTo(l Ledger, was Report) (Report, error) {
	if was.Revoked {
		return was, errRevoked
	}
	if bytes.Equal(t.hash, was.Request) {
		// The last request again: its answer was lost. Under the same nonce the
		// answer's signature is the same too, on whatever server.
		t.answer = was.Answer
		return was, nil
	}
	epoch, ok := t.epoch(was)
	if !ok {
		t.forked = true
		was.Forked = t.now
		return was, nil
	}
	next := was
	next.Epoch, next.Request, next.Token = epoch, t.hash, newToken()
	next.Time, next.Trust, next.Health = t.now, t.request.Clock.Trust, t.request.Health
	next.Skew = t.request.Clock.Time.Sub(t.now)
	if epoch.Epoch != was.Epoch.Epoch {
		next.Forked = time.Time{} // this is what was asked of the holder; the other's next request is a fork again
	}
	results, err := t.merge(l, epoch.Series, &next.Epoch.Rev)
	if err != nil {
		return was, err
	}
	t.answer, err = json.Marshal(wire.Answer{
		Version: wire.Version, Time: t.now.UTC(), Results: results, Rev: next.Epoch.Rev,
		NextToken: next.Token, Interval: int(t.interval.Seconds()),
	})
	if err != nil {
		return was, fmt.Errorf("encode answer: %w", err)
	}
	next.Answer = t.answer
	return next, nil
}

// epoch returns the epoch that the request continues or begins; ok is false for
// one that it cannot.
func (t *exchange) epoch(was Report) (_ Epoch, ok bool) {
	epoch, here := t.request.Epoch, was.Epoch
	switch {
	case here.Series != 0 && epoch == here.Epoch:
		return here, t.request.Token != "" && t.request.Token == was.Token
	case t.request.Token != "": // only an epoch's first request begins anything
		return Epoch{}, false
	case here.Series != 0:
		return Epoch{Series: here.Series, Epoch: epoch, Rev: here.Rev}, epoch.Ordinal > here.Epoch.Ordinal
	}
	last := was.LastEpoch
	if last.Series > 0 && (epoch.Ordinal > last.Epoch.Ordinal || epoch == last.Epoch) {
		return Epoch{Series: last.Series, Epoch: epoch, Rev: last.Rev}, true
	}
	return Epoch{Series: was.Series + 1, Epoch: epoch}, true
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
func (t *exchange) merge(l Ledger, series int, rev *int64) ([]wire.Result, error) {
	cells := t.request.Cells
	results := make([]wire.Result, len(cells))
	places := make([]int, len(cells)) // in merge, of each cell's address
	merge := make([]wire.Cell, 0, len(cells))
	taken := make(map[address]int, len(cells)) // place in merge
	for i, c := range cells {
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
		case results[i].Status == wire.StatusRejected:
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
