package imports

import (
	"context"
	"fmt"
	"iter"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// stage writes what a plan says, hidden.
func (l *Lists) stage(ctx context.Context, b *batch) error {
	p := b.plan
	err := l.room.Write(ctx, func(ctx context.Context, w Writing) (err error) {
		b.no, err = sqlrow.Insert(ctx, w, `INSERT INTO import (at_ms, state, lines, visits, people, guests, newest) VALUES (?1, 'staged', ?2, ?3, ?4, ?5, ?6)`,
			w.Moment.Wall.UnixMilli(), p.Rows, p.Visits, p.People, p.Guests, p.Newest)
		return err
	})
	if err != nil {
		return fmt.Errorf("begin list: %w", err)
	}
	return l.inPortions(ctx, l.steps(b))
}

// steps are the rows of a plan, each in a step or, of guests, a day's part.
func (l *Lists) steps(b *batch) iter.Seq[step] {
	return func(yield func(step) bool) {
		for _, who := range b.plan.New {
			if !yield(func(ctx context.Context, w Writing) (err error) {
				b.people[who.Key], err = l.addLabelled(ctx, w, who.Label, b.no)
				return err
			}) {
				return
			}
		}
		for _, who := range b.plan.Same {
			if !yield(insert(`INSERT OR IGNORE INTO also_named (mac, person, batch) SELECT ?1, no, ?3 FROM person WHERE no = ?2`,
				foldedMAC(l.room.Ledger().Keys, who.Label), b.people[who.Key], b.no)) {
				return
			}
		}
		for key, seen := range b.plan.Seen {
			if !yield(insert(`INSERT INTO import_seen (person, batch, first_day, last_day) SELECT no, ?2, ?3, ?4 FROM person WHERE no = ?1`,
				b.people[key], b.no, sqlrow.NullDay(seen.First), sqlrow.NullDay(seen.Last))) {
				return
			}
		}
		for day := range b.plan.Recorded {
			if !yield(insert(`INSERT OR IGNORE INTO recorded (batch, day) VALUES (?1, ?2)`, b.no, day)) {
				return
			}
		}
		for earlier := range b.leans {
			if !yield(insert(`INSERT INTO import_lean (batch, earlier) VALUES (?1, ?2)`, b.no, earlier)) {
				return
			}
		}
		for _, c := range b.plan.Changes {
			for n := range max(1, c.Guests) {
				if !yield(l.change(b, c, n)) {
					return
				}
			}
		}
	}
}

// insert is a step that writes one row.
func insert(query string, args ...any) step {
	return func(ctx context.Context, w Writing) error {
		_, err := w.ExecContext(ctx, query, args...)
		return err
	}
}

// change is the n-th row of a change: a visit, a guest, or all the guests taken away.
func (l *Lists) change(b *batch, c attendancelist.Change, n int) step {
	if c.Guests < 0 && n == 0 {
		return insert(`UPDATE visit SET gone = ?1 WHERE no IN (
			SELECT no FROM attendance WHERE person IS NULL AND how = 'import' AND void = 0 AND day = ?2 AND part = ?3 ORDER BY no DESC LIMIT ?4)`,
			b.no, c.Day, c.Part, -c.Guests)
	}
	return func(ctx context.Context, w Writing) error {
		var person, band any = nil, kiosk.BandUnasked
		if c.Key != "" {
			person, band = b.people[c.Key], nil
		}
		// Who was erased since the list was planned stays so. A list knows no instant.
		_, err := w.ExecContext(ctx, `
			INSERT INTO visit (epoch, person, boot, bt_ns, wall_ms, trust, day, part, afternoon, evening, how, band, batch)
			SELECT ?1, ?2, ?3, -1, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM person WHERE no = ?2)`,
			b.epoch, person, w.Boot, kiosk.TrustConfirmed, c.Day, c.Part,
			l.room.PartTimes.Afternoon, l.room.PartTimes.Evening, kiosk.VisitSourceImport, band, b.no)
		if err != nil {
			return fmt.Errorf("add visit: %w", err)
		}
		return nil
	}
}

// addLabelled adds a person of whom nothing but the label in a list is known.
func (l *Lists) addLabelled(ctx context.Context, w Writing, label string, list int64) (no int64, err error) {
	no, err = sqlrow.Insert(ctx, w, `INSERT INTO person (language, label_mac, batch) VALUES ('', ?1, ?2)`,
		foldedMAC(l.room.Ledger().Keys, label), list)
	if err != nil {
		return 0, fmt.Errorf("add person: %w", err)
	}
	sealed, err := l.room.Ledger().Keys.SealText(label, "person", "label", no)
	if err != nil {
		return 0, fmt.Errorf("add person: %w", err)
	}
	return no, sqlrow.One(ctx, w, `UPDATE person SET label = ?2 WHERE no = ?1`, no, sealed)
}
