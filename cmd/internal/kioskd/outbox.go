package kioskd

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	cells "example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/uplink"
	"example.org/inloop/sync/wire"
)

// NewUplink makes the line from a room's store to a centre, as c asks for but for
// its Store and Clock.
func NewUplink(store *sqlite.Store, clock kiosk.Clock, c uplink.Config) (*uplink.Uplink, error) {
	c.Store, c.Clock, c.Pools = outbox{store}, wallClock{clock}, pools{store}
	return uplink.New(c)
}

// wallClock is a kiosk.Clock as uplink reads it.
type wallClock struct{ kiosk.Clock }

// Now reads the clocks.
func (c wallClock) Now() uplink.Moment { return uplink.Moment(c.Clock.Now()) }

// outbox is a room's store as uplink knows it: its counts are the wire's cells.
type outbox struct{ *sqlite.Store }

var _ uplink.Store = outbox{}

func (o outbox) Pairing(ctx context.Context) (uplink.Pairing, error) {
	p, err := o.Store.Pairing(ctx)
	if errors.Is(err, kiosk.ErrNotPaired) {
		return uplink.Pairing{}, uplink.ErrNotPaired
	}
	return uplink.Pairing{Kiosk: p.Kiosk, Room: p.Room, ServerKey: p.ServerKey, URL: p.URL, At: p.At}, err
}

func (o outbox) SetPairing(ctx context.Context, p uplink.Pairing) error {
	return o.Store.SetPairing(ctx, kiosk.Pairing{Kiosk: p.Kiosk, Room: p.Room, ServerKey: p.ServerKey, URL: p.URL, At: p.At, Said: p.Said})
}

func (o outbox) ForgetPairing(ctx context.Context) error {
	err := o.Store.ForgetPairing(ctx)
	if errors.Is(err, kiosk.ErrNotPaired) {
		return uplink.ErrNotPaired
	}
	return err
}

func (o outbox) Unsent(ctx context.Context, limit int) ([]wire.Cell, error) {
	counts, err := o.Store.Unsent(ctx, limit)
	return cellsOf(counts), err
}

func (o outbox) Undated(ctx context.Context, most int) ([]wire.Undated, error) {
	all, err := o.WaitingVisits(ctx)
	var told []wire.Undated
	for _, w := range kiosk.JoinWaiting(all, most) {
		told = append(told, wire.Undated{From: periodOf(w.Days.First), To: periodOf(w.Days.Last), N: min(int64(w.Visits), wire.MaxCount)})
	}
	return told, err
}

func (o outbox) Lost(ctx context.Context, most int) ([]wire.LostDays, error) {
	all, err := o.Store.Lost(ctx)
	var told []wire.LostDays
	for _, d := range all[max(0, len(all)-most):] {
		told = append(told, wire.LostDays{From: d.First.Period(), To: d.Last.Period()})
	}
	return told, err
}

// periodOf is a day as it crosses the network, "" for none and for one that no
// period can name.
func periodOf(d count.Day) count.Period {
	if p := d.Period(); d != count.NoDay && p.Is(count.PeriodDay) {
		return p
	}
	return ""
}

func (o outbox) SetAside(ctx context.Context, c wire.Cell, code wire.Code) error {
	return o.Store.SetAside(ctx, countOf(c), string(code))
}

func (o outbox) OfferAgain(ctx context.Context, code wire.Code) error {
	return o.Store.OfferAgain(ctx, string(code))
}

func (o outbox) Waiting(ctx context.Context) (unsent, aside int, err error) {
	s, err := o.Sending(ctx)
	return s.Waiting, s.Refused, err
}

func (o outbox) Epoch(ctx context.Context) (wire.Epoch, error) {
	e, err := o.Store.Epoch(ctx)
	return epochOf(e), err
}

func (o outbox) Begin(ctx context.Context, u uplink.Upload) error {
	return o.Store.Begin(ctx, kiosk.Upload{Seq: u.Seq, Nonce: u.Nonce, Body: u.Body, Counts: countsOf(u.Cells)})
}

func (o outbox) Pending(ctx context.Context) (uplink.Upload, error) {
	u, err := o.Store.Pending(ctx)
	if errors.Is(err, kiosk.ErrNotFound) {
		return uplink.Upload{}, uplink.ErrNoUpload
	}
	return uplink.Upload{Seq: u.Seq, Nonce: u.Nonce, Body: u.Body, Cells: cellsOf(u.Counts)}, err
}

func (o outbox) Acknowledge(ctx context.Context, a uplink.Ack) (gap bool, err error) {
	x := kiosk.Ack{Seq: a.Seq, Token: a.Token, Rev: a.Rev, Rules: a.Rules, At: a.At, Said: a.Said}
	for _, r := range a.Results {
		state := kiosk.AckTaken // a stale one too: the centre holds something newer
		if r.Status == wire.StatusRejected {
			state = kiosk.AckRefused
		}
		x.States, x.Codes = append(x.States, state), append(x.Codes, string(r.Code))
	}
	return o.Store.Acknowledge(ctx, x)
}

func (o outbox) Standing(ctx context.Context) (uplink.Progress, error) {
	s, err := o.Store.Standing(ctx)
	told := uplink.Progress{Known: s.Known, Held: s.Held, Seq: s.Seq, Rev: s.Rev, Continued: s.Continued}
	for _, e := range s.Epochs {
		told.Epochs = append(told.Epochs, epochOf(e))
	}
	return told, err
}

func (o outbox) KioskBack(ctx context.Context, c uplink.Told) error {
	s, err := o.Standing(ctx)
	if err != nil {
		return err
	}
	foreign := c.Epoch.Ordinal > 0 && !slices.Contains(s.Epochs, c.Epoch)
	return o.Store.KioskBack(ctx, cells.Former{Epoch: c.Epoch.Ordinal, Rev: c.Rev}, foreign)
}

func (o outbox) TakeOver(ctx context.Context, c uplink.Told) error {
	return o.Store.TakeOver(ctx, cells.Former{Epoch: c.Epoch.Ordinal, Rev: c.Rev})
}

func (o outbox) Stretches(ctx context.Context, at time.Time) ([]wire.Checksum, error) {
	all, err := o.Store.Stretches(ctx, at)
	return checksumsOf(all), err
}

func (o outbox) Narrow(ctx context.Context, d wire.Checksum) ([]wire.Checksum, error) {
	all, err := o.Store.Narrow(ctx, stretchOf(d))
	return checksumsOf(all), err
}

func (o outbox) Believed(ctx context.Context, d wire.Checksum) ([]wire.Cell, error) {
	counts, err := o.Store.Believed(ctx, stretchOf(d))
	return cellsOf(counts), err
}

func (o outbox) Mend(ctx context.Context, d wire.Checksum, held []wire.Cell) (int, error) {
	return o.Store.Mend(ctx, stretchOf(d), countsOf(held))
}

func stretchOf(d wire.Checksum) kiosk.Stretch {
	return kiosk.Stretch{Epoch: d.Epoch, After: d.After, Until: d.Until}
}

func checksumsOf(all []kiosk.Stretch) []wire.Checksum {
	var checksums []wire.Checksum
	for _, s := range all {
		checksums = append(checksums, wire.Checksum{Epoch: s.Epoch, After: s.After, Until: s.Until})
	}
	return checksums
}

func epochOf(e kiosk.Epoch) wire.Epoch {
	return wire.Epoch{Ordinal: e.Ordinal, ID: hex.EncodeToString(e.ID[:])}
}

// cellsOf returns counts as they cross the network.
func cellsOf(counts []kiosk.Count) []wire.Cell {
	cells := make([]wire.Cell, len(counts))
	for i, c := range counts {
		cells[i] = wire.Cell{Epoch: c.Epoch, Period: c.Period, Measure: c.Measure, Part: c.Part, N: c.N, Rev: c.Rev}
	}
	return cells
}

// countsOf returns cells as the store keeps them.
func countsOf(cells []wire.Cell) []kiosk.Count {
	counts := make([]kiosk.Count, len(cells))
	for i, c := range cells {
		counts[i] = countOf(c)
	}
	return counts
}

func countOf(c wire.Cell) kiosk.Count {
	return kiosk.Count{Cell: kiosk.Cell{Epoch: c.Epoch, Period: c.Period, Measure: c.Measure, Part: c.Part}, N: c.N, Rev: c.Rev}
}

// healthOf returns how the kiosk is doing as it crosses the network.
func healthOf(all []kiosk.Health) []wire.Health {
	told := make([]wire.Health, len(all))
	for i, h := range all {
		told[i] = wire.Health{Part: h.Part, Level: string(h.Level), Reason: h.Reason}
	}
	return told
}
