package imports

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// batch is a list that is being taken in.
type batch struct {
	now
	no     int64
	change int64 // number of the last one when it was planned
	plan   attendancelist.Plan
	*known
}

// ImportVisits takes a list that [attendancelist.Parse] has read, whole or not at all,
// as [attendancelist.NewPlan] plans it, and tells what became of it. A dry run writes
// nothing and tells what would. kiosk.ErrFuture when a row lies ahead,
// attendancelist.Problems when some are of a part of today still to come, ErrBusy while
// another list is taken in or back.
func (l *Lists) ImportVisits(ctx context.Context, list []attendancelist.Row, dryRun bool) (e attendancelist.Upshot, err error) {
	defer func() {
		if err != nil {
			e, err = attendancelist.Upshot{}, fmt.Errorf("import visits: %w", err)
		}
	}()
	if dryRun {
		return l.foresee(ctx, list)
	}
	done, err := l.alone()
	if err != nil {
		return e, err
	}
	defer done()
	if err := l.sweep(ctx); err != nil {
		return e, err
	}
	b, err := l.planned(ctx, list)
	if err != nil {
		return e, err
	}
	if err = l.stage(ctx, b); err == nil {
		e, err = l.show(ctx, b)
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, l.sweep(ctx))
	}
	return e, err
}

// planned holds a list against what the room knows.
func (l *Lists) planned(ctx context.Context, list []attendancelist.Row) (b *batch, err error) {
	b = &batch{}
	if b.now, err = l.now(ctx); err != nil {
		return nil, err
	}
	err = l.look(ctx, func(q sqlrow.Querier) error { return b.read(ctx, l, q, list) })
	return b, err
}

func (b *batch) read(ctx context.Context, l *Lists, q sqlrow.Querier, list []attendancelist.Row) (err error) {
	if err := q.QueryRowContext(ctx, `SELECT change FROM meta`).Scan(&b.change); err != nil {
		return fmt.Errorf("read number of changes: %w", err)
	}
	if b.known, err = l.find(ctx, q, b.now, list); err != nil {
		return err
	}
	if b.plan, err = attendancelist.NewPlan(list, b.Known); err == nil {
		b.lean(list, b.plan.Keys)
	}
	return err
}

// foresee tells what would become of a list.
func (l *Lists) foresee(ctx context.Context, list []attendancelist.Row) (e attendancelist.Upshot, err error) {
	b := &batch{}
	if b.now, err = l.now(ctx); err != nil {
		return e, err
	}
	err = l.look(ctx, func(q sqlrow.Querier) error {
		if err := b.read(ctx, l, q, list); err != nil {
			return err
		}
		w, err := l.weigh(ctx, q, b.now, b.given(), left{newest: b.plan.Newest})
		if err != nil {
			return err
		}
		e, err = b.effect(w, b.deltas(l.room.Rules))
		return err
	})
	return e, err
}

// given is what the plan would bring. Who is new gets a number that nobody has.
func (b *batch) given() ledger.Given {
	g := ledger.Given{Taken: make(map[kiosk.DayPart]int), Seen: make(map[int64]reach.Record), Recorded: b.plan.Recorded, Newest: b.plan.Newest}
	for i, who := range b.plan.New {
		b.people[who.Key] = -1 - int64(i)
	}
	for key, seen := range b.plan.Seen {
		g.Seen[b.people[key]] = reach.Record{Since: seen.First, Last: seen.Last}
	}
	for _, c := range b.plan.Changes {
		v := kiosk.Visit{Epoch: b.epoch, Day: c.Day, Part: c.Part}
		if c.Key != "" {
			v.Person = b.people[c.Key]
			g.Visits = append(g.Visits, v)
			continue
		}
		v.Band = kiosk.BandUnasked
		for range c.Guests {
			g.Visits = append(g.Visits, v)
		}
		if c.Guests < 0 {
			g.Taken[c.DayPart] = -c.Guests
		}
	}
	return g
}

// deltas are those of the plan.
func (b *batch) deltas(rules reach.Rules) deltas {
	alike := make(map[kiosk.DayPart][]reach.Alike)
	for _, c := range b.plan.Changes {
		v := reach.Alike{Visit: kiosk.Visit{Day: c.Day, Part: c.Part, Source: kiosk.VisitSourceImport, Band: kiosk.BandUnasked}, N: int64(c.Guests)}
		if c.Key != "" {
			v.Person, v.Band, v.N = 1, "", 1
		}
		alike[c.DayPart] = append(alike[c.DayPart], v)
	}
	all := make(deltas, len(alike))
	for at, visits := range alike {
		all[at] = rules.Count(visits)
	}
	return all
}

// effect is what becomes of the list.
func (b *batch) effect(w *weighed, d deltas) (e attendancelist.Upshot, err error) {
	e = attendancelist.Upshot{Summary: b.plan.Summary, List: b.no, Gaps: b.plan.Gaps, Alike: b.plan.Alike}
	if b.plan.Newest != count.NoDay {
		e.Withheld = w.after.Untold(b.plan.Newest, w.settled)
	}
	d.days(&e, w.before.Counted, w.day)
	e.Figures, err = w.before.Moved(w.after, w.settled)
	return e, err
}
