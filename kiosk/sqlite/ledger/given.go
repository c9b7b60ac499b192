package ledger

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Given is what figures are to be counted with, beside the rows that count.
type Given struct {
	With    int64 // a list that is hidden, as if it were not; 0 for none
	Without int64 // a list that is not, as if it were

	// What a list would bring of which no row is there yet.
	Visits   []kiosk.Visit
	Taken    map[kiosk.DayPart]int // guests that it would take away
	Seen     map[int64]reach.Record
	Recorded map[count.Day]bool
	Newest   count.Day
}

// sources are where the rows are read from.
type sources struct{ visits, seen, recorded, forgotten string }

// derived are the marks of a file that is older than they are.
const derived = `SELECT unixepoch(period) / 86400 FROM cell WHERE length(period) = 10 AND measure = 'badge_visits' AND n > 0`

// sources returns where to read from, in a file that may be older than lists are.
func (g Given) sources(ctx context.Context, q sqlrow.Querier) (sources, error) {
	old := sources{`visit`, `SELECT NULL, NULL, NULL WHERE 0`, derived, `SELECT forgotten FROM reckoning`}
	if has, err := sqlrow.Has(ctx, q, "attendance"); err != nil || !has {
		return old, err
	}
	hidden := fmt.Sprintf(`(SELECT no FROM hidden WHERE no <> %d UNION ALL SELECT %d)`, g.With, g.Without)
	return sources{
		visits: `(SELECT * FROM visit WHERE (batch IS NULL OR batch NOT IN ` + hidden + `) AND (gone IS NULL OR gone IN ` + hidden + `))`,
		seen:   `SELECT person, first_day, last_day FROM import_seen WHERE batch NOT IN ` + hidden,
		// Batch 0 is what the room saw itself, and no list that is left out has that number.
		recorded:  `SELECT day FROM recorded WHERE batch = 0 OR batch NOT IN ` + hidden,
		forgotten: `SELECT max(forgotten, coalesce((SELECT max(newest) + 1 FROM import WHERE newest > 0 AND state <> 'undone' AND no NOT IN ` + hidden + `), 0)) FROM reckoning`,
	}, nil
}

// visits adds to the visits that are there what a list would bring, and leaves out the
// guests that it would take away.
func (g Given) visits(there iter.Seq[kiosk.Visit]) iter.Seq[kiosk.Visit] {
	if len(g.Visits) == 0 && len(g.Taken) == 0 {
		return there
	}
	taken := maps.Clone(g.Taken)
	return func(yield func(kiosk.Visit) bool) {
		for v := range there {
			at := kiosk.DayPart{Day: v.Day, Part: v.Part}
			if v.Person == 0 && taken[at] > 0 {
				taken[at]--
				continue
			}
			if !yield(v) {
				return
			}
		}
		for _, v := range g.Visits {
			if !yield(v) {
				return
			}
		}
	}
}

// residents adds what a list would say of when people were seen.
func (g Given) residents(known map[int64]reach.Record) map[int64]reach.Record {
	for no, seen := range g.Seen {
		who := known[no]
		if seen.Since != count.NoDay && (who.Since == count.NoDay || seen.Since < who.Since) {
			who.Since = seen.Since
		}
		who.Last = max(who.Last, seen.Last)
		known[no] = who
	}
	return known
}

// forgotten is the day after the last visit that a list would tell without a row.
func (g Given) forgotten() count.Day {
	if g.Newest == count.NoDay {
		return 0
	}
	return g.Newest + 1
}
