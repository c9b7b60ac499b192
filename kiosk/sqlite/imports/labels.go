package imports

import (
	"bytes"
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/sqlite/upgrade"
)

// foldedMAC is by what somebody is found whom a list names so.
func foldedMAC(keys keyring.Keys, label string) []byte { return keys.Label(attendancelist.Fold(label)) }

// Folding is the step that lets the labels of lists be found by what they fold into, in
// what can be undone of them too: until it, capitals and invisible characters told people
// apart. Where that makes one label of two people's, the one who has it already keeps it,
// or the first; the other is found by the very words of theirs, and both wait for a
// volunteer to say what they are. A label that cannot be read any more is left as it is.
func Folding(keys keyring.Keys) upgrade.Step {
	return upgrade.Step{Name: "fold labels", Portion: func(ctx context.Context, tx sqlrow.Tx) (more bool, err error) {
		f := folding{keys: keys, holders: make(map[string]int64), moved: make(map[int64][2][]byte)}
		if err := f.people(ctx, tx); err != nil {
			return false, fmt.Errorf("fold labels: %w", err)
		}
		return false, undo.Rewrite(ctx, tx, undo.TablePersons, func(person int64, row map[string]any) error {
			mac, _ := row["label_mac"].([]byte)
			if is, moved := f.moved[person]; moved && bytes.Equal(mac, is[0]) {
				row["label_mac"] = is[1]
			}
			return nil
		})
	}}
}

// folding is one run of the step.
type folding struct {
	keys    keyring.Keys
	holders map[string]int64    // who is found by what
	moved   map[int64][2][]byte // by what somebody was found, and is
}

type labelRow struct {
	no          int64
	mac, folded []byte // folded is nil where the label cannot be read
}

func (f folding) people(ctx context.Context, tx sqlrow.Tx) error {
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (l labelRow, err error) {
		var sealed []byte
		if err := row.Scan(&l.no, &l.mac, &sealed); err != nil {
			return l, err
		}
		if label, err := f.keys.OpenText(sealed, "person", "label", l.no); err == nil && label != "" {
			l.folded = foldedMAC(f.keys, label)
		}
		return l, nil
	}, `SELECT no, label_mac, label FROM person WHERE label_mac IS NOT NULL ORDER BY no`)
	if err != nil {
		return err
	}
	for _, l := range all {
		f.holders[string(l.mac)] = l.no
	}
	for _, l := range all {
		if l.folded == nil || bytes.Equal(l.mac, l.folded) {
			continue
		}
		if other, taken := f.holders[string(l.folded)]; taken {
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO twin (person, other) VALUES (?1, ?2)`, l.no, other); err != nil {
				return err
			}
			continue
		}
		if err := sqlrow.One(ctx, tx, `UPDATE person SET label_mac = ?2 WHERE no = ?1`, l.no, l.folded); err != nil {
			return err
		}
		f.holders[string(l.folded)] = l.no
		f.moved[l.no] = [2][]byte{l.mac, l.folded}
	}
	return nil
}

// Twins returns those of whom a volunteer is to say whether they are one person, as far
// as lists can still name both.
func (l *Lists) Twins(ctx context.Context) ([]attendancelist.Twin, error) {
	db, err := l.room.Reader()
	if err != nil {
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (t attendancelist.Twin, err error) {
		return t, row.Scan(&t.Person, &t.Other)
	}, `SELECT t.person, t.other FROM twin t JOIN person p ON p.no = t.person JOIN person o ON o.no = t.other
		WHERE t.settled = 0 AND p.label_mac IS NOT NULL AND o.label_mac IS NOT NULL ORDER BY t.person`)
	if err != nil {
		return nil, fmt.Errorf("look for twins: %w", err)
	}
	return all, nil
}

// SettleTwin keeps what a volunteer says of two people: lists mean keep from now on, who
// is one of them, whatever capitals and signs they write; or, with 0, they are two, each
// under the very words of their label. What was counted stays. kiosk.ErrNotFound when
// person is none of whom it is asked.
func (l *Lists) SettleTwin(ctx context.Context, _, person, keep int64) error {
	err := l.room.Write(ctx, func(ctx context.Context, w Writing) error {
		t := attendancelist.Twin{Person: person}
		err := w.QueryRowContext(ctx, `SELECT other FROM twin WHERE person = ?1 AND settled = 0`, person).Scan(&t.Other)
		if err != nil {
			return sqlrow.Missing(err)
		}
		if keep == 0 {
			return sqlrow.One(ctx, w, `UPDATE twin SET settled = 1 WHERE person = ?1`, person)
		}
		if keep != t.Person && keep != t.Other {
			return kiosk.ErrNotFound
		}
		return l.oneLabel(ctx, w, t, keep)
	})
	if err != nil {
		return fmt.Errorf("settle twin: %w", err)
	}
	return nil
}

// oneLabel lets lists find one of two people by the label of both, and the other no more.
func (l *Lists) oneLabel(ctx context.Context, w Writing, t attendancelist.Twin, keep int64) error {
	var sealed []byte
	if err := w.QueryRowContext(ctx, `SELECT label FROM person WHERE no = ?1`, keep).Scan(&sealed); err != nil {
		return sqlrow.Missing(err)
	}
	keys := l.room.Ledger().Keys
	label, err := keys.OpenText(sealed, "person", "label", keep)
	if err != nil {
		return err
	}
	drop := t.Person + t.Other - keep
	if _, err := w.ExecContext(ctx, `UPDATE person SET label_mac = NULL WHERE no = ?1`, drop); err != nil {
		return err
	}
	if label != "" {
		err = sqlrow.One(ctx, w, `UPDATE person SET label_mac = ?2 WHERE no = ?1`, keep, foldedMAC(keys, label))
	}
	return err
}
