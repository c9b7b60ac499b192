package pooling

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

// SharedCounter counts what the room brings to a period.
type SharedCounter interface {
	// EnoughBadges tells whether enough of the period's visits were by badge; of a
	// year's round, in its quarter and in the year. kiosk.ErrNotYet while the room has not
	// counted them, as a night does: then nothing is done yet.
	EnoughBadges(ctx context.Context, q sqlrow.Querier, p count.PoolPeriod) (bool, error)
	// Settle closes class C of a period and returns what it came to. It is called once
	// for each period, the earliest first, whether or not its numbers are told.
	// kiosk.ErrNotYet as above.
	Settle(ctx context.Context, tx sqlrow.Tx, p count.PoolPeriod) (map[count.PoolItem]int64, error)
}

// PoolTx is a writing transaction and what is known at its moment.
type PoolTx struct {
	sqlrow.Tx
	Today  count.Day // by the room's own clock, NoDay unless it is believed
	Day    count.Day // today as well as it is known, for since when somebody is listed
	Signed count.Day // of the last signed answer that is believed, NoDay for none
}

// Config is what a room's store lends.
type Config struct {
	Write   func(context.Context, func(context.Context, PoolTx) error) error // one transaction
	Read    func() (*sql.DB, error)
	Keys    keyring.Keys
	Zone    *time.Location
	Counter SharedCounter
	// Today is the room's day for who does not write, and whether the clock was anchored or
	// confirmed by hand.
	Today func() (day count.Day, sure bool)
}

// Pooling is the room's part in counting together. Its methods may be called at the same
// time.
type Pooling struct{ c Config }

// New returns the part of the room whose rows and keys these are.
func New(c Config) *Pooling { return &Pooling{c} }

// Asking is what the next request says of counting together.
type Asking struct {
	Known  string
	Ready  *pool.Readiness
	Share  *pool.MaskedShare
	Result *pool.JointResult
}

// PoolAsking returns what the next request says: what was made is sent again until an answer
// has shown that it came.
func (p *Pooling) PoolAsking(ctx context.Context) (a Asking, err error) {
	db, err := p.c.Read()
	if err != nil {
		return a, err
	}
	s, err := p.standing(ctx, db)
	if err != nil {
		return a, err
	}
	a.Known = s.hash
	last, err := lastRound(ctx, db)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.Ready, a.Share, a.Result = last.Outgoing(last.heard)
	if a.Share != nil {
		a.Share.Kiosk = s.kiosk
	}
	return a, nil
}

// ToldResult is a result as the centre tells it to all kiosks.
type ToldResult struct {
	Result pool.JointResult
	Teller pool.Identity
	Day    count.Day
	Rooms  int // that count
	Due    int
}

// Saying is what a signed answer said of counting together.
type Saying struct {
	pool.Heard
	At   time.Time // when it was signed, by the centre's clock
	Hash string
	// With another hash than that of the lists that are known: the other paired kiosks, and
	// the results.
	Peers []pool.Peer // Kiosk, Room and Identity
	Told  []ToldResult
}

// HearPool takes what an answer said, and does what is to be done next. It tells whether the
// kiosk refuses something that it was asked, which is a light and never a stop.
func (p *Pooling) HearPool(ctx context.Context, said Saying) (refused bool, err error) {
	next, why := pool.RoundStepWait, error(nil)
	err = p.c.Write(ctx, func(ctx context.Context, w PoolTx) error {
		why = nil
		if err := hear(ctx, &w, count.DayOf(said.At, p.c.Zone)); err != nil {
			return err
		}
		if err := p.takeLists(ctx, w, said, &why); err != nil {
			return err
		}
		if err := p.closePast(ctx, w); err != nil {
			return err
		}
		round, k, err := p.present(ctx, w)
		if err != nil || round.Period == "" {
			return err
		}
		if said.Period == round.Period && said.State != round.heard {
			round.heard = said.State
			if err := noteHeard(ctx, w, round.Period, said.State); err != nil {
				return err
			}
		}
		var no error
		if next, no = k.Next(round.Participation, said.Heard); why == nil {
			why = no
		}
		if next == pool.RoundStepReady {
			return p.ready(ctx, w, k, round, said.Organisation)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("count together: %w", err)
	}
	if next != pool.RoundStepWait && next != pool.RoundStepReady {
		// By itself: a share that cannot be made settles nothing.
		no, err := p.settleNow(ctx, said.Heard)
		if err != nil {
			return false, err
		}
		why = errors.Join(why, no)
	}
	code := refusalOf(why)
	if err := p.noteRefusal(ctx, code, said.Organisation); err != nil {
		return false, err
	}
	return code != "", p.eraseKeys(ctx)
}

// present returns the round of the newest period that has ended, none while the day is
// not known, and what the kiosk knows.
func (p *Pooling) present(ctx context.Context, w PoolTx) (r round, k pool.Knowledge, err error) {
	if k, err = p.knowledge(ctx, w); err != nil || w.Today == count.NoDay {
		return r, k, err
	}
	newest := count.EndedPoolPeriod(w.Today)
	if newest.Check() != nil { // before the first calendar period that there is
		return r, k, nil
	}
	r, err = readRound(ctx, w, newest)
	return r, k, err
}

// knowledge returns what the kiosk knows.
func (p *Pooling) knowledge(ctx context.Context, w PoolTx) (k pool.Knowledge, err error) {
	s, err := p.standing(ctx, w)
	if err != nil {
		return k, err
	}
	k = pool.Knowledge{
		Self: pool.Party{Kiosk: s.kiosk, Key: p.c.Keys.Signing()}, Today: w.Today, Signed: w.Signed,
		Organisation: s.organisation, Began: s.began,
	}
	if k.Organisation == pool.Alone { // the first pairing needs nobody's word
		k.Organisation = ""
	}
	k.Peers, err = readPeers(ctx, w)
	return k, err
}

// ready makes the period's key and says that the kiosk takes part.
func (p *Pooling) ready(ctx context.Context, w PoolTx, k pool.Knowledge, r round, organisation string) error {
	key, err := p.c.Keys.MakePeriod(string(r.Period))
	if err != nil {
		return err
	}
	counts, err := p.c.Counter.EnoughBadges(ctx, w, r.Period)
	if errors.Is(err, kiosk.ErrNotYet) {
		return nil
	}
	if err != nil {
		return err
	}
	is := k.Self.Ready(organisation, r.Period, key, counts)
	r.Ready, r.Organisation = &is, organisation
	if err := writeRound(ctx, w, r); err != nil {
		return err
	}
	return use(ctx, w, organisation)
}

// settleNow does the step that settles the newest period, if it is still to be done. no
// is why it cannot be: then nothing is settled.
func (p *Pooling) settleNow(ctx context.Context, h pool.Heard) (no, err error) {
	err = p.c.Write(ctx, func(ctx context.Context, w PoolTx) error {
		if err := hear(ctx, &w, count.NoDay); err != nil {
			return err
		}
		r, k, err := p.present(ctx, w)
		if err != nil {
			return err
		}
		step, why := k.Next(r.Participation, h)
		if no = why; no != nil {
			return nil
		}
		return p.settle(ctx, w, k, r, step, h)
	})
	if errors.Is(err, kiosk.ErrNotYet) { // the night's counting comes first
		return nil, nil
	}
	if refusalOf(err) != "" { // of what others made: the transaction left no trace
		return err, nil
	}
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	return no, nil
}

// settle closes a period: its numbers are counted, and answered for the set if step says
// so. What is counted is nowhere but under masks.
func (p *Pooling) settle(ctx context.Context, w PoolTx, k pool.Knowledge, r round, step pool.RoundStep, h pool.Heard) error {
	if step == pool.RoundStepWait || step == pool.RoundStepReady {
		return nil
	}
	numbers, err := p.c.Counter.Settle(ctx, w, r.Period)
	if err != nil {
		return err
	}
	r.Settled = true
	if step != pool.RoundStepClose {
		if err := p.answer(ctx, w, k, &r, h, numbers); err != nil {
			return err
		}
	}
	return writeRound(ctx, w, r)
}

// answer makes the share, or as the teller the result.
func (p *Pooling) answer(ctx context.Context, w PoolTx, k pool.Knowledge, r *round, h pool.Heard, numbers map[count.PoolItem]int64) error {
	key, err := p.key(r)
	if err != nil {
		return err
	}
	set, counts := h.Set(), r.Ready.Counts
	v := pool.NewVector(r.Period, numbers, counts, p.c.Keys.Rounding(), set.Organisation)
	defer clear(v)
	r.Set, r.Teller, r.Own = set.Hash(), set.Teller().Identity, map[count.Period]int64{}
	for _, span := range r.Period.Periods() {
		if counts {
			r.Own[span] = numbers[count.PoolItem{Period: span, Measure: count.MeasureReachN}]
		}
	}
	if r.Teller != k.Self.Identity() {
		s, err := k.Self.Share(set, key, v)
		r.Share = &s
		return err
	}
	result, err := k.Self.Tell(set, key, v, h.Shares)
	if err != nil {
		return err
	}
	return writeResult(ctx, w, set.Organisation, ToldResult{Result: result, Teller: r.Teller, Rooms: set.Counting()})
}

// key returns the key that the kiosk said it is ready with. A room alone masks for nobody:
// any key will do.
func (p *Pooling) key(r *round) (*ecdh.PrivateKey, error) {
	if r.Organisation == pool.Alone {
		return ecdh.X25519().GenerateKey(rand.Reader)
	}
	key, err := p.c.Keys.Period(string(r.Period))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, keyring.ErrUnusable) {
		return nil, fmt.Errorf("%w: %w", pool.ErrNotAsOffered, err)
	}
	return key, err
}

// closePast settles without an answer what is over before the newest period: a kiosk
// that was off for months.
func (p *Pooling) closePast(ctx context.Context, w PoolTx) error {
	if w.Today == count.NoDay {
		return nil
	}
	r, err := firstOpen(ctx, w)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	newest := count.EndedPoolPeriod(w.Today)
	for r.Period.Last() < newest.Last() {
		switch {
		case r.Settled:
		case w.Signed == count.NoDay || w.Signed > r.Period.Deadline():
			err := p.settle(ctx, w, pool.Knowledge{}, r, pool.RoundStepClose, pool.Heard{})
			if errors.Is(err, kiosk.ErrNotYet) { // nor is a later one counted
				return nil
			}
			if err != nil {
				return err
			}
		default: // not yet by the centre's time, nor is a later one
			return nil
		}
		_, end, err := (r.Period.Last() + 1).Quarter().Span()
		if err != nil {
			return err
		}
		if r, err = readRound(ctx, w, count.EndedPoolPeriod(end+1)); err != nil {
			return err
		}
	}
	return nil
}

// TickPool does what time alone brings. A room that was never paired settles by itself, and
// shows the result on its own page.
func (p *Pooling) TickPool(ctx context.Context) error {
	due, err := p.dueAlone(ctx)
	if err == nil && due {
		err = p.c.Write(ctx, p.settleAlone)
	}
	if errors.Is(err, kiosk.ErrNotYet) { // the night's counting comes first
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle alone: %w", err)
	}
	return p.eraseKeys(ctx)
}

// dueAlone tells, without writing, whether settleAlone may have something to do.
func (p *Pooling) dueAlone(ctx context.Context) (bool, error) {
	db, err := p.c.Read()
	if err != nil {
		return false, err
	}
	s, err := p.standing(ctx, db)
	if err != nil || !s.alone() {
		return false, err
	}
	today, sure := p.c.Today()
	newest := count.EndedPoolPeriod(today)
	r, err := readRound(ctx, db, newest)
	return err == nil && sure && today >= newest.ReadyFrom() && !r.Settled, err
}

func (p *Pooling) settleAlone(ctx context.Context, w PoolTx) error {
	s, err := p.standing(ctx, w)
	if err != nil || !s.alone() || w.Today == count.NoDay {
		return err
	}
	w.Signed = count.NoDay // there is nobody who signs
	if err := p.closePast(ctx, w); err != nil {
		return err
	}
	r, k, err := p.present(ctx, w)
	if err != nil {
		return err
	}
	step, _ := k.NextAlone(r.Participation) // until then it waits
	if step != pool.RoundStepTell {
		return p.settle(ctx, w, k, r, step, pool.Heard{})
	}
	counts, err := p.c.Counter.EnoughBadges(ctx, w, r.Period)
	if err != nil {
		return err
	}
	key, err := p.key(&round{Participation: pool.Participation{Organisation: pool.Alone}})
	if err != nil {
		return err
	}
	k.Self.Kiosk = "kiosk" // it has no id
	is := k.Self.Ready(pool.Alone, r.Period, key, counts)
	r.Ready, r.Organisation = &is, pool.Alone
	h := pool.Heard{Organisation: pool.Alone, Period: r.Period, Members: []pool.Member{is.Member(k.Self.Kiosk, "", k.Self.Identity())}}
	if err := p.settle(ctx, w, k, r, step, h); err != nil {
		return err
	}
	if err := use(ctx, w, pool.Alone); err != nil {
		return err
	}
	return noteTold(ctx, w, r.Period, w.Today, 1, 1)
}

// eraseKeys erases the keys of periods that are settled. That is after the commit, and
// again at each turn: a plug that came between leaves none for long.
func (p *Pooling) eraseKeys(ctx context.Context) error {
	periods, err := p.c.Keys.Periods()
	if err != nil || len(periods) == 0 {
		return err
	}
	db, err := p.c.Read()
	if err != nil {
		return err
	}
	for _, period := range periods {
		var open bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pool_round WHERE period = ?1 AND settled = 0)`, period).Scan(&open); err != nil {
			return fmt.Errorf("look for settled periods: %w", err)
		}
		if open {
			continue
		}
		if err := p.c.Keys.ErasePeriod(period); err != nil {
			return err
		}
	}
	return nil
}

// identityOf returns the identity in a row.
func identityOf(b []byte) (id pool.Identity) {
	if len(b) == ed25519.PublicKeySize {
		id = pool.Identity(b)
	}
	return id
}
