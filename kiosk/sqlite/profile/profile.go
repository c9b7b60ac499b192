// Package profile reads and writes what a resident chose, which stands in the rows of
// persons for the room's key alone: sign, name, language and whether the name may be on
// the door, and the label of a list. That nobody else has the same sign is known by its
// HMAC. [Write] seals, [Sealed] opens, and [Sealing] is what is done to rows that are
// older.
package profile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Columns are those of a row p of table person that a [Sealed] is read from.
const Columns = `p.no, p.sign_sealed, p.name, p.label, p.choices`

// onDoor stands behind the language of one whose name may be on the door.
const onDoor = " name"

// ColumnOpener opens what stands sealed in a column of a person's row; nil is the empty text.
type ColumnOpener func(sealed []byte, column string, person int64) (string, error)

// Sealed is a profile as it stands in its row.
type Sealed struct {
	no                         sql.NullInt64
	sign, name, label, choices []byte
}

// Dest is where Columns are scanned to.
func (s *Sealed) Dest() []any { return []any{&s.no, &s.sign, &s.name, &s.label, &s.choices} }

// Open opens all of it.
func (s Sealed) Open(open ColumnOpener) (r kiosk.Resident, err error) {
	if r, err = s.open(open, true); err == nil {
		r.Label, err = open(s.label, "label", r.No)
	}
	return r, err
}

// Greeted opens what the door says: the name only of one who wants it there. Without a
// row it is nobody.
func (s Sealed) Greeted(open ColumnOpener) (kiosk.Resident, error) { return s.open(open, false) }

func (s Sealed) open(open ColumnOpener, named bool) (r kiosk.Resident, err error) {
	if !s.no.Valid {
		return r, nil
	}
	r.No = s.no.Int64
	sign, err1 := open(s.sign, "sign_sealed", r.No)
	choices, err2 := open(s.choices, "choices", r.No)
	if err := errors.Join(err1, err2); err != nil {
		return r, err
	}
	r.Sign, r.Language = kiosk.Sign(sign), kiosk.DefaultLanguage
	language, screen := strings.CutSuffix(choices, onDoor)
	if r.OnScreen = screen; language != "" {
		r.Language = kiosk.Language(language)
	}
	if named || screen {
		r.Name, err = open(s.name, "name", r.No)
	}
	return r, err
}

// choices is the text that says a language and whether the name may be on the door.
func choices(l kiosk.Language, screen bool) string {
	if screen {
		return string(l) + onDoor
	}
	return string(l)
}

// Kept tells whether a file has Columns: one that is only read may be older than they
// are, and nothing that only reads asks who somebody is.
func Kept(ctx context.Context, q sqlrow.Querier) (bool, error) {
	return sqlrow.Has(ctx, q, "person_sign")
}

// Write writes what a person chose. kiosk.ErrSignTaken when somebody else has the sign.
func Write(ctx context.Context, tx sqlrow.Tx, keys keyring.Keys, r kiosk.Resident) error {
	var mac []byte
	if r.Sign != "" {
		mac = keys.Sign(string(r.Sign))
	}
	sign, err1 := keys.SealText(string(r.Sign), "person", "sign_sealed", r.No)
	name, err2 := keys.SealText(r.Name, "person", "name", r.No)
	chosen, err3 := keys.SealText(choices(r.Language, r.OnScreen), "person", "choices", r.No)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	err := sqlrow.One(ctx, tx, `UPDATE person SET sign_mac = ?2, sign_sealed = ?3, name = ?4, choices = ?5 WHERE no = ?1`,
		r.No, mac, sign, name, chosen)
	if errors.Is(sqlrow.Already(err), kiosk.ErrAlready) {
		return kiosk.ErrSignTaken
	}
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

// Signs returns those that somebody has.
func Signs(ctx context.Context, q sqlrow.Querier, open ColumnOpener) ([]kiosk.Sign, error) {
	held, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (kiosk.Sign, error) {
		var no int64
		var sealed []byte
		if err := row.Scan(&no, &sealed); err != nil {
			return "", err
		}
		sign, err := open(sealed, "sign_sealed", no)
		return kiosk.Sign(sign), err
	}, `SELECT no, sign_sealed FROM person WHERE sign_mac IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("read signs: %w", err)
	}
	return held, nil
}
