package imports

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// known is what a room knows already of all that a list names.
type known struct {
	attendancelist.Known
	people map[string]int64                  // the numbers of those who are there, by label
	leans  map[int64]bool                    // the earlier lists that brought some of it
	guests map[kiosk.DayPart][]int64         // by which lists guests came or went
	seen   map[int64][]int64                 // which lists saw a person before the retention
	visits map[int64]map[kiosk.DayPart]int64 // which list brought a visit, 0 for none
}

// find reads what is known of a list. Everybody is read once, whoever is in it: a
// search for each line would take longer.
func (l *Lists) find(ctx context.Context, q sqlrow.Querier, n now, list []attendancelist.Row) (*known, error) {
	k := &known{
		Known: attendancelist.Known{
			Today: n.day, Now: n.part, People: make(map[string]attendancelist.Person), Guests: make(map[kiosk.DayPart]int),
			Labels: make(map[string]string), Other: make(map[string]string),
		},
		people: make(map[string]int64), leans: make(map[int64]bool), guests: make(map[kiosk.DayPart][]int64),
		seen: make(map[int64][]int64), visits: make(map[int64]map[kiosk.DayPart]int64),
	}
	keys := l.room.Ledger().Keys
	byMAC, met := make(map[string]string), make(map[string]bool)
	for _, row := range list {
		if row.Person == "" || met[row.Person] {
			continue
		}
		met[row.Person] = true
		label := attendancelist.Label(row.Person)
		byMAC[string(keys.Label(label))] = label
		byMAC[string(foldedMAC(keys, label))] = attendancelist.Fold(label)
	}
	everybody := slices.ContainsFunc(list, func(row attendancelist.Row) bool { return row.Same })
	if err := k.findPeople(ctx, q, keys, byMAC, everybody); err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	if err := k.findGuests(ctx, q); err != nil {
		return nil, fmt.Errorf("count guests: %w", err)
	}
	return k, nil
}

// findLabels finds out by which key each of the room is known, and who is in the list,
// or may be.
func (k *known) findLabels(ctx context.Context, q sqlrow.Querier, keys keyring.Keys, byMAC map[string]string, everybody bool) (listed map[int64]string, err error) {
	named, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (n struct {
		no  int64
		mac []byte
	}, err error) {
		return n, row.Scan(&n.no, &n.mac)
	}, `SELECT person, mac FROM also_named WHERE batch NOT IN (SELECT no FROM hidden)`)
	if err != nil {
		return nil, err
	}
	others := make(map[int64][]string)
	for _, n := range named {
		if other, is := byMAC[string(n.mac)]; is {
			others[n.no] = append(others[n.no], other)
		}
	}
	listed = make(map[int64]string)
	_, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		var mac, sealed []byte
		var first, last sql.NullInt64
		if err := row.Scan(&no, &mac, &sealed, &first, &last); err != nil {
			return no, err
		}
		label, err := keys.OpenText(sealed, "person", "label", no)
		if err != nil {
			label = "" // damage is told elsewhere; by their MAC they are found all the same
		}
		key, is := byMAC[string(mac)]
		switch {
		case is || label == "":
		case bytes.Equal(mac, foldedMAC(keys, label)):
			key = attendancelist.Fold(label)
		default:
			key = label
		}
		if label != "" {
			k.Labels[key] = label
		}
		if key == "" {
			key = fmt.Sprintf("\x00%d", no) // known by another label alone
		}
		for _, other := range others[no] {
			k.Other[other] = key
		}
		if is || everybody || len(others[no]) > 0 {
			listed[no], k.people[key], k.visits[no] = key, no, make(map[kiosk.DayPart]int64)
			k.People[key] = attendancelist.Person{First: count.Day(first.Int64), Last: count.Day(last.Int64), Visits: make(map[kiosk.DayPart]bool)}
		}
		return no, nil
	}, `SELECT no, label_mac, label, first_day, last_day FROM person WHERE label_mac IS NOT NULL`)
	return listed, err
}

func (k *known) findPeople(ctx context.Context, q sqlrow.Querier, keys keyring.Keys, byMAC map[string]string, everybody bool) error {
	labels, err := k.findLabels(ctx, q, keys, byMAC, everybody)
	if err != nil {
		return err
	}
	_, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		var list int64
		var first, last sql.NullInt64
		if err := row.Scan(&no, &list, &first, &last); err != nil {
			return no, err
		}
		if label, listed := labels[no]; listed {
			who := k.People[label]
			if day := count.Day(first.Int64); first.Valid && (who.First == count.NoDay || day < who.First) {
				who.First = day
			}
			who.Last = max(who.Last, count.Day(last.Int64))
			k.People[label], k.seen[no] = who, append(k.seen[no], list)
		}
		return no, nil
	}, `SELECT person, batch, first_day, last_day FROM list_seen`)
	if err != nil {
		return err
	}
	_, err = sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) {
		var at kiosk.DayPart
		var list int64
		if err := row.Scan(&no, &at.Day, &at.Part, &list); err != nil {
			return no, err
		}
		if label, listed := labels[no]; listed {
			k.People[label].Visits[at], k.visits[no][at] = true, list
		}
		return no, nil
	}, `SELECT person, day, part, coalesce(batch, 0) FROM attendance WHERE person IS NOT NULL AND day IS NOT NULL AND void = 0`)
	return err
}

// findGuests counts the guests of earlier lists.
func (k *known) findGuests(ctx context.Context, q sqlrow.Querier) error {
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (at kiosk.DayPart, err error) {
		var list, gone int64
		if err := row.Scan(&at.Day, &at.Part, &list, &gone); err != nil {
			return at, err
		}
		if gone == 0 {
			k.Guests[at]++
		}
		for _, by := range []int64{list, gone} {
			if by != 0 {
				k.guests[at] = append(k.guests[at], by)
			}
		}
		return at, nil
	}, `SELECT day, part, coalesce(batch, 0), coalesce(gone, 0) FROM visit WHERE person IS NULL AND how = 'import' AND void = 0`)
	return err
}

// lean notes the earlier lists that brought what this one says too.
func (k *known) lean(list []attendancelist.Row, keys map[string]string) {
	keptFrom := reach.VisitsFrom(k.Today)
	for _, row := range list {
		at := kiosk.DayPart{Day: row.Day, Part: row.Part}
		if row.Person == "" {
			for _, by := range k.guests[at] {
				k.leans[by] = true
			}
			continue
		}
		no, there := k.people[keys[row.Person]]
		if !there {
			continue
		}
		if by := k.visits[no][at]; by != 0 {
			k.leans[by] = true
		}
		for _, by := range k.seen[no] {
			k.leans[by] = k.leans[by] || row.Day < keptFrom
		}
	}
}
