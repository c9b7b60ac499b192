package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// outcome is what came of one report.
type outcome struct {
	wait   time.Duration // until the next one
	early  bool          // news may shorten the wait: all is well
	stop   string        // reason to send no more until the program starts again
	failed error         // nothing was settled
}

// report sends one request, the pending one or a new one, and settles it when a
// signed answer came.
func (u *Uplink) report(ctx context.Context, p kiosk.Pairing) outcome {
	upload, first, err := u.next(ctx)
	if err != nil {
		return outcome{failed: err}
	}
	envelope := wire.NewEnvelope(wire.SyncPath, p.Kiosk, u.public)
	envelope.Nonce = upload.Nonce
	a, err := u.post(ctx, envelope, upload.Body)
	if err != nil {
		return outcome{failed: err}
	}
	signed := a.signedBy(p.ServerKey)
	switch {
	case a.status == http.StatusOK && signed:
		return u.acknowledge(ctx, upload, a, first)
	case a.status == http.StatusOK:
		return outcome{failed: fmt.Errorf("status 200, not from the centre: %w", wire.ErrSignature)}
	case a.status == http.StatusForbidden && signed:
		return outcome{stop: reasonRevoked, failed: refusal(a)}
	case a.status == http.StatusConflict && signed:
		return outcome{stop: reasonForked, failed: refusal(a)}
	case signed && (a.status == http.StatusBadRequest || a.status == http.StatusRequestEntityTooLarge):
		return u.splitRequest(ctx, upload, a)
	case a.status == http.StatusUnauthorized:
		u.show(reasonRefused)
		return outcome{failed: refusal(a)}
	case a.status == http.StatusUpgradeRequired:
		u.show(reasonRefused)
		return outcome{wait: u.timing.Cap, failed: refusal(a)}
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		return outcome{wait: retryAfter(a.header), failed: refusal(a)}
	default:
		return outcome{failed: refusal(a)}
	}
}

// refusal is what the centre, or whoever answered, says was wrong.
func refusal(a answer) error {
	fault, err := wire.Decode[wire.Fault](a.body)
	if err != nil {
		return fmt.Errorf("status %d", a.status)
	}
	return fmt.Errorf("status %d: %.40q, %.200q", a.status, string(fault.Error), fault.Hint)
}

// next returns the request that is on its way, or begins a new one. first tells
// whether it has never left before.
func (u *Uplink) next(ctx context.Context) (upload kiosk.Upload, first bool, err error) {
	upload, err = u.store.Pending(ctx)
	if err == nil {
		return upload, false, nil
	}
	if !errors.Is(err, kiosk.ErrNotFound) {
		return upload, false, fmt.Errorf("read pending upload: %w", err)
	}
	upload, err = u.compose(ctx)
	if err != nil {
		return upload, false, err
	}
	// Remembered before it leaves: after a crash only these bytes may be sent.
	if err := u.store.Begin(ctx, upload); err != nil {
		return upload, false, fmt.Errorf("begin upload: %w", err)
	}
	return upload, true, nil
}

// compose makes a request of what is unsent.
func (u *Uplink) compose(ctx context.Context) (kiosk.Upload, error) {
	var none kiosk.Upload
	epoch, err := u.store.Epoch(ctx)
	if err != nil {
		return none, fmt.Errorf("read epoch: %w", err)
	}
	token, err := u.store.Token(ctx)
	if err != nil {
		return none, fmt.Errorf("read token: %w", err)
	}
	seq, err := u.store.NextSeq(ctx)
	if err != nil {
		return none, fmt.Errorf("read sequence: %w", err)
	}
	var counts []kiosk.Count
	if u.batch > 0 {
		if counts, err = u.store.Unsent(ctx, u.batch); err != nil {
			return none, fmt.Errorf("read unsent counts: %w", err)
		}
	}
	r := wire.Request{
		Version: wire.Version,
		Epoch:   wire.Epoch{Ordinal: epoch.Ordinal, ID: fmt.Sprintf("%x", epoch.ID)},
		Seq:     seq,
		Token:   token,
		Clock:   wire.ClockReading{Time: u.clock.Now().Wall.UTC(), Trust: u.trusted()},
		Health:  u.wireHealth(),
		Cells:   make([]wire.Cell, len(counts)),
	}
	for i, c := range counts {
		r.Cells[i] = wire.Cell{
			Epoch: c.Epoch, Period: count.Period(c.Period), Measure: count.Measure(c.Measure), Part: count.Part(c.Part), N: c.N, Rev: c.Rev,
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return none, fmt.Errorf("encode request: %w", err)
	}
	nonce := wire.NewEnvelope(wire.SyncPath, "", u.public).Nonce
	return kiosk.Upload{Seq: seq, Nonce: nonce, Body: body, Counts: counts}, nil
}

func (u *Uplink) trusted() int {
	if u.trust == nil {
		return int(kiosk.TrustUnknown)
	}
	return int(u.trust())
}

// acknowledge settles an upload by its signed answer.
func (u *Uplink) acknowledge(ctx context.Context, upload kiosk.Upload, a answer, first bool) outcome {
	said, err := wire.Decode[wire.Answer](a.body)
	if err == nil {
		err = said.Check(len(upload.Counts))
	}
	if err != nil {
		return outcome{failed: fmt.Errorf("signed answer: %w", err)}
	}
	s := kiosk.Ack{
		Seq: upload.Seq, Token: said.NextToken, Rev: said.Rev, At: u.clock.Now().Wall,
		States: make([]kiosk.AckState, len(upload.Counts)), Codes: make([]string, len(upload.Counts)),
	}
	for i, r := range said.Results {
		s.States[i] = kiosk.AckTaken
		if r.Status == wire.StatusRejected {
			s.States[i], s.Codes[i] = kiosk.AckRefused, string(r.Code)
			c := upload.Counts[i]
			u.log.Warn("count refused", "epoch", c.Epoch, "period", c.Period, "measure", c.Measure, "part", c.Part, "code", r.Code)
		}
	}
	if err := u.store.Acknowledge(ctx, s); err != nil {
		return outcome{failed: fmt.Errorf("settle upload: %w", err)}
	}
	if first {
		u.anchorBy(ctx, said.Time, a)
	}
	n, full := len(upload.Counts), len(upload.Counts) >= u.batch
	if err := u.requestTaken(ctx, n); err != nil {
		return outcome{failed: err}
	}
	sending, err := u.store.Sending(ctx)
	if err != nil {
		return outcome{failed: fmt.Errorf("read what waits: %w", err)}
	}
	if sending.Refused > 0 {
		u.show(reasonRefused)
	} else {
		u.show("")
	}
	wait := time.Duration(said.Interval) * time.Second
	switch {
	case sending.Waiting > 0 && full:
		wait = 0 // more than one request holds
	case sending.Waiting > 0 && n > 0:
		wait = min(wait, u.timing.Gather) // counted while this one was on its way
	}
	return outcome{wait: wait, early: true}
}

// anchorBy tells the room what time it is. An answer to a request that left
// before is that of its first arrival, hours ago perhaps, and tells nothing.
func (u *Uplink) anchorBy(ctx context.Context, at time.Time, a answer) {
	if u.anchor == nil {
		return
	}
	now := u.clock.Now()
	half := (a.came - a.sent) / 2
	moment := kiosk.Moment{Wall: at, Boot: now.Boot, Since: a.sent + half}
	if err := u.anchor(ctx, moment, half.Milliseconds()+1, "sync"); err != nil {
		u.log.Warn("clock not corrected", "err", err)
	}
}
