package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/auth"
)

// How patient the kiosk is with wrong PINs: growing waits, counted per volunteer, that
// survive a restart.
const (
	freeTries = 5
	firstWait = 30 * time.Second
	longest   = time.Hour
)

// The cost of one look at a PIN: OWASP's second choice for argon2id, which a
// Pi computes in well under a second.
const (
	argonTime   = 2
	argonMemory = 19 * 1024 // KiB
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// SetPIN gives a volunteer a PIN of six digits; kiosk.ErrWeakPIN when it is too
// easy to guess or stands on a badge of hers, ErrNotFound when there is no such
// volunteer. Her waits are over by it.
func (s *Store) SetPIN(ctx context.Context, volunteer int64, pin string) error {
	if err := kiosk.CheckPIN(pin); err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	hash := phc(salt, argon2.IDKey([]byte(pin), salt, argonTime, argonMemory, argonLanes, argonKey))
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		badges, err := collect(ctx, t, func(row scanner) (b []byte, err error) {
			return b, row.Scan(&b)
		}, `SELECT tails FROM badge WHERE volunteer = ?1 AND tails IS NOT NULL`, volunteer)
		if err != nil {
			return err
		}
		for _, fragments := range badges {
			if auth.OnBadge(pin, fragments, s.cfg.Keys.Digits) {
				return fmt.Errorf("%w: it stands on the badge", kiosk.ErrWeakPIN)
			}
		}
		if err := t.forgive(ctx, volunteer); err != nil {
			return err
		}
		return t.one(ctx, `UPDATE volunteer SET pin = ?2 WHERE no = ?1`, volunteer, hash)
	})
	if err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	return nil
}

// CheckPIN returns nil for a volunteer's own PIN. A wrong one is a
// *kiosk.PINError: five are free, then the next is only looked at after 30 s,
// doubled up to an hour with each. The wait is hers alone, and no restart
// shortens it. ErrNoPIN and ErrNotFound say that there is nothing to compare.
func (s *Store) CheckPIN(ctx context.Context, volunteer int64, pin string) error {
	db, err := s.reader()
	if err != nil {
		return err
	}
	var hash sql.NullString
	if err := db.QueryRowContext(ctx, `SELECT pin FROM volunteer WHERE no = ?1`, volunteer).Scan(&hash); err != nil {
		return fmt.Errorf("check PIN: %w", missing(err))
	}
	if !hash.Valid {
		return fmt.Errorf("check PIN: %w", kiosk.ErrNoPIN)
	}
	// The try is counted before it is looked at, so that pulling the plug in
	// between makes no free one.
	if err := s.try(ctx, volunteer); err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	if !samePIN(hash.String, pin) {
		return fmt.Errorf("check PIN: %w", s.wrong(ctx, volunteer))
	}
	err = s.withTx(ctx, func(ctx context.Context, t *txn) error { return t.forgive(ctx, volunteer) })
	if err != nil {
		return fmt.Errorf("check PIN: %w", err)
	}
	return nil
}

func phc(salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b.EncodeToString(salt), b.EncodeToString(key))
}

// samePIN compares a PIN with a hash in PHC format; one that it cannot read is
// the same as no PIN.
func samePIN(hash, pin string) bool {
	var version int
	var memory, passes uint32
	var lanes uint8
	var rest string
	if n, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &passes, &lanes, &rest); n != 5 || err != nil {
		return false
	}
	half := len(base64.RawStdEncoding.EncodeToString(make([]byte, argonSalt)))
	if version != argon2.Version || len(rest) <= half || rest[half] != '$' {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(rest[:half])
	key, err2 := base64.RawStdEncoding.DecodeString(rest[half+1:])
	if err1 != nil || err2 != nil || len(key) == 0 {
		return false
	}
	return subtle.ConstantTimeCompare(key, argon2.IDKey([]byte(pin), salt, passes, memory, lanes, uint32(len(key)))) == 1
}

// patience is how often somebody tried in vain, and what is left of her wait.
type patience struct {
	tries int
	left  time.Duration
}

// patience reads how things stand at the transaction's moment. In a boot that
// is not the one in which the wait began, the whole of what was left then is
// left still: nobody knows how long the kiosk was off.
func (t *txn) patience(ctx context.Context, who int64) (p patience, err error) {
	var boot string
	var from, left int64
	err = t.QueryRowContext(ctx, `SELECT tries, boot_id, from_ns, left_ns FROM patience WHERE who = ?1`, who).Scan(&p.tries, &boot, &from, &left)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read tries: %w", err)
	}
	p.left = time.Duration(left)
	if boot == t.now.Read.Boot {
		p.left = max(0, p.left-(t.now.Read.Since-time.Duration(from)))
	}
	return p, nil
}

func (t *txn) setPatience(ctx context.Context, who int64, p patience) error {
	_, err := t.exec(ctx, `
		INSERT INTO patience (who, tries, boot_id, from_ns, left_ns) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (who) DO UPDATE SET tries = excluded.tries, boot_id = excluded.boot_id, from_ns = excluded.from_ns, left_ns = excluded.left_ns`,
		who, p.tries, t.now.Read.Boot, int64(t.now.Read.Since), int64(p.left))
	if err != nil {
		return fmt.Errorf("note tries: %w", err)
	}
	return nil
}

// forgive forgets somebody's wrong tries.
func (t *txn) forgive(ctx context.Context, who int64) error {
	_, err := t.exec(ctx, `DELETE FROM patience WHERE who = ?1`, who)
	return err
}

// try counts a try in advance, as if it were wrong, with the wait that comes
// after it; *kiosk.PINError when it may not be made yet.
func (s *Store) try(ctx context.Context, who int64) error {
	var wait time.Duration
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		p, err := t.patience(ctx, who)
		if err != nil {
			return err
		}
		if wait = p.left; wait > 0 {
			return t.setPatience(ctx, who, p)
		}
		p.tries++
		if over := p.tries - freeTries; over >= 0 {
			p.left = min(longest, firstWait<<min(over, 12))
		}
		return t.setPatience(ctx, who, p)
	})
	if err == nil && wait > 0 {
		err = &kiosk.PINError{Wait: wait}
	}
	return err
}

// wrong returns what a wrong try that was counted comes to.
func (s *Store) wrong(ctx context.Context, who int64) error {
	e := &kiosk.PINError{}
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		p, err := t.patience(ctx, who)
		e.Left, e.Wait = max(0, freeTries-p.tries), p.left
		return err
	})
	if err != nil {
		return err
	}
	return e
}

// restWaits notes what is left of each wait, so that a power cut adds no more
// than a minute to it.
func (t *txn) restWaits(ctx context.Context) error {
	waiting, err := collect(ctx, t, func(row scanner) (who int64, err error) {
		return who, row.Scan(&who)
	}, `SELECT who FROM patience WHERE left_ns > 0`)
	if err != nil {
		return fmt.Errorf("read waits: %w", err)
	}
	for _, who := range waiting {
		p, err := t.patience(ctx, who)
		if err != nil {
			return err
		}
		if err := t.setPatience(ctx, who, p); err != nil {
			return err
		}
	}
	return nil
}
