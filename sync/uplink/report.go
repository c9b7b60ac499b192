package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"example.org/inloop/sync/wire"
)

// outcome is what came of one report.
type outcome struct {
	wait   time.Duration // until the next one
	early  bool          // Wake may shorten the wait: all is well
	asked  bool          // the centre itself, by its signature, asked for the wait
	stop   string        // reason to send no more until the program starts again
	failed error         // nothing was acknowledged
}

// report sends one request, the pending one or a new one, and has it acknowledged
// when a signed answer came.
func (u *Uplink) report(ctx context.Context, p Pairing) outcome {
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
	if signed {
		if o, old := u.speakOld(ctx, upload, a); old {
			return o
		}
	}
	switch {
	case a.status == http.StatusOK && signed:
		return u.acknowledge(ctx, upload, a, first)
	case a.status == http.StatusOK:
		return outcome{failed: fmt.Errorf("status 200, not from the centre: %w", wire.ErrSignature)}
	case a.status == http.StatusForbidden && signed:
		return outcome{stop: reasonRevoked, failed: refusal(a)}
	case a.status == http.StatusConflict && signed:
		return u.comeBack(ctx, a, first)
	case signed && (a.status == http.StatusBadRequest || a.status == http.StatusRequestEntityTooLarge):
		return u.splitRequest(ctx, upload, a)
	case a.status == http.StatusUnauthorized:
		return u.unknown(ctx, p, a)
	case a.status == http.StatusUpgradeRequired && signed:
		u.show(reasonRefused)
		return outcome{wait: u.timing.Cap, asked: true, failed: refusal(a)}
	case a.status == http.StatusUpgradeRequired:
		u.show(reasonRefused)
		return outcome{failed: refusal(a)}
	case busy(a.status) && signed:
		return outcome{wait: retryAfter(a.header), asked: true, failed: refusal(a)}
	default: // unsigned, whoever said it: anybody on the way could keep a room silent
		return outcome{failed: refusal(a)}
	}
}

// busy tells whether a status may say with it when to come back.
func busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// refusal is what the centre, or whoever answered, says was wrong.
func refusal(a answer) error {
	fault, err := wire.Decode[wire.Refusal](a.body)
	if err != nil {
		return fmt.Errorf("status %d", a.status)
	}
	return fmt.Errorf("status %d: %.40q, %.200q", a.status, string(fault.Error), fault.Hint)
}

// next returns the request that is on its way, or begins a new one. first tells
// whether it has never left before.
func (u *Uplink) next(ctx context.Context) (upload Upload, first bool, err error) {
	upload, err = u.store.Pending(ctx)
	if err == nil {
		return upload, false, nil
	}
	if !errors.Is(err, ErrNoUpload) {
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
func (u *Uplink) compose(ctx context.Context) (Upload, error) {
	var none Upload
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
	further, err := u.store.Release(ctx)
	if err != nil {
		return none, fmt.Errorf("release counts: %w", err)
	}
	undated, err := u.store.Undated(ctx, wire.MaxUndated)
	if err != nil {
		return none, fmt.Errorf("read undated visits: %w", err)
	}
	cells, version := []wire.Cell{}, u.version() // a list, also when it is empty
	ask, err := u.onlyAsks(ctx, token)
	if err != nil {
		return none, err
	}
	whole := false // all that is unsent goes
	if u.batch > 0 && !ask {
		unsent, err := u.unsent(ctx, u.batch)
		if err != nil {
			return none, err
		}
		cells, whole = append(cells, unsent...), len(unsent) < u.batch
	}
	r := wire.Request{
		Version: version,
		Epoch:   epoch,
		Seq:     seq,
		Token:   token,
		Clock:   wire.ClockReading{Time: u.clock.Now().Wall.UTC(), Trust: u.trusted()},
		Health:  u.wireHealth(version, further),
		Cells:   cells,
	}
	if version > wire.Version {
		r.Resume, r.Undated = u.resume, undated
		if r.Lost, err = u.store.Lost(ctx, wire.MaxLost); err != nil {
			return none, fmt.Errorf("read lost days: %w", err)
		}
	}
	if version > wire.Version && u.pools != nil {
		if r.Pool, err = u.pools.PoolRequest(ctx); err != nil {
			return none, fmt.Errorf("count together: %w", err)
		}
	}
	if version > wire.Version && whole {
		if r.Compare, err = u.nextChecksum(ctx); err != nil {
			return none, fmt.Errorf("compare: %w", err)
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return none, fmt.Errorf("encode request: %w", err)
	}
	nonce := wire.NewEnvelope(wire.SyncPath, "", u.public).Nonce
	return Upload{Seq: seq, Nonce: nonce, Body: body, Cells: cells}, nil
}

// unsent returns up to limit cells that are to be sent and of which the centre has a name.
func (u *Uplink) unsent(ctx context.Context, limit int) ([]wire.Cell, error) {
	read := limit
	if u.version() == wire.Version { // what it has no name for stands in nobody's way
		read = math.MaxInt32
	}
	cells, err := u.store.Unsent(ctx, read)
	if err != nil {
		return nil, fmt.Errorf("read unsent counts: %w", err)
	}
	cells = wire.Sendable(u.version(), cells)
	return cells[:min(limit, len(cells))], nil
}

func (u *Uplink) trusted() int {
	if u.trust == nil {
		return 0
	}
	return u.trust()
}

// acknowledge closes an upload by its signed answer.
func (u *Uplink) acknowledge(ctx context.Context, upload Upload, a answer, first bool) outcome {
	said, err := wire.Decode[wire.Answer](a.body)
	if err == nil {
		err = said.Check(len(upload.Cells))
	}
	if err != nil {
		return outcome{failed: fmt.Errorf("signed answer: %w", err)}
	}
	standing, err := u.store.Standing(ctx)
	if err != nil {
		return outcome{failed: fmt.Errorf("read standing: %w", err)}
	}
	for i, r := range said.Results {
		if r.Status == wire.StatusRejected {
			c := upload.Cells[i]
			u.log.Warn("count refused", "epoch", c.Epoch, "period", c.Period, "measure", c.Measure, "part", c.Part, "code", r.Code)
		}
	}
	// A room that was put back acknowledges nothing: what it counted since is told by
	// what it was last answered.
	back := backBy(upload, standing, said.Rev)
	if back == BackKiosk {
		u.log.Warn("this room was put back from a backup: a new epoch begins", "held", standing.Held, "holds", said.Rev)
		return outcome{failed: u.store.KioskBack(ctx, Told{Epoch: standing.present(), Rev: said.Rev})}
	}
	ack := Ack{Seq: upload.Seq, Results: said.Results, Token: said.NextToken, Rev: said.Rev, Rules: said.Rules, At: u.clock.Now().Wall}
	if first {
		ack.Said = said.Time // of a request that left before it is hours old
	}
	gap, err := u.store.Acknowledge(ctx, ack)
	if err != nil {
		return outcome{failed: fmt.Errorf("acknowledge upload: %w", err)}
	}
	u.resume, u.resumes, u.ruled = "", 0, said.Rules != ""
	if first {
		u.anchorBy(ctx, said.Time, a)
	}
	if err := u.offerDue(ctx, said.Time); err != nil {
		return outcome{failed: err}
	}
	if back == BackCentre {
		u.log.Warn("the centre was put back from a backup: all that it lost is sent again", "held", standing.Held, "holds", said.Rev)
		return outcome{failed: u.store.CentreBack(ctx, said.Rev)}
	}
	if err := u.compared(ctx, upload, said); err != nil {
		return outcome{failed: fmt.Errorf("compare: %w", err)}
	}
	n, full := len(upload.Cells), len(upload.Cells) >= u.batch
	if err := u.requestTaken(ctx, n); err != nil {
		return outcome{failed: err}
	}
	if gap {
		if _, err := u.store.Release(ctx); err != nil {
			return outcome{failed: fmt.Errorf("release counts: %w", err)}
		}
	}
	unsent, aside, err := u.store.Waiting(ctx)
	if err != nil {
		return outcome{failed: fmt.Errorf("read what waits: %w", err)}
	}
	switch refused := u.counted(ctx, said); {
	case aside > 0:
		u.show(reasonRefused)
	case refused:
		u.show(reasonPool)
	default:
		u.show("")
	}
	wait := u.grid.wait(u.clock.Now().Wall, time.Duration(said.Interval)*time.Second)
	if unsent > 0 && (full || gap) {
		wait = 0 // more than one request holds, or the days of a gap: neither is due to a tap
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
	moment := Moment{Wall: at, Boot: now.Boot, Since: a.sent + half}
	if err := u.anchor(ctx, moment, half.Milliseconds()+1, "sync"); err != nil {
		u.log.Warn("clock not corrected", "err", err)
	}
}
