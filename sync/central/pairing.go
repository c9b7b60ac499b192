package central

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/sync/wire"
)

// maxOpenCodes is how many kiosks may wait for a coordinator at once: with 40
// bits a code, five attempts on one of 500 hit with a chance of 1 in 400 million.
const maxOpenCodes = 500

// pollPairing is how soon a waiting kiosk should ask again.
const pollPairing = 3 * time.Second

// Pair gives the kiosk that shows code to a new room of this name, and returns
// the room and the fingerprint of the kiosk's key, which the kiosk shows too.
//
// The code may be typed in small letters and without its dash. Errors: ErrPairCode
// (counts as an attempt), *WaitError after MaxAttempts of those, ErrName,
// *TellingNameError and ErrTaken for the name; these leave the code open, and
// no number of them makes it wait.
func (o *Centre) Pair(ctx context.Context, a Account, code, room string) (Room, string, error) {
	if err := a.coordinates(); err != nil {
		return Room{}, "", err
	}
	name, err := roomName(room)
	if err != nil {
		return Room{}, "", err
	}
	return o.pair(ctx, a, code, Room{Organisation: a.Organisation, Name: name})
}

// PairRoom gives the kiosk that shows code to a room that is there already, in
// the place of the kiosk it had, which is revoked. Errors as Pair, and
// ErrNotFound for a room of another organisation.
func (o *Centre) PairRoom(ctx context.Context, a Account, code string, room int64) (Room, string, error) {
	return o.pair(ctx, a, code, Room{Organisation: a.Organisation, ID: room})
}

func (o *Centre) pair(ctx context.Context, a Account, typed string, room Room) (Room, string, error) {
	if err := a.coordinates(); err != nil {
		return Room{}, "", err
	}
	key := attemptKey("pair", fmt.Sprint(a.Organisation), fmt.Sprint(a.ID))
	if err := o.countAttempt(ctx, key, MaxAttempts); err != nil {
		return Room{}, "", err
	}
	code, ok := readCode(typed)
	if !ok {
		return Room{}, "", ErrPairCode
	}
	paired, err := o.pairings.Pair(ctx, a.Organisation, room, newKiosk(), code, o.now())
	if errors.Is(err, ErrPairCode) {
		return Room{}, "", fmt.Errorf("pair: %w", err)
	}
	// Whatever else went wrong, the code was right: no guess.
	if err := o.attempts.ResetAttempts(ctx, key); err != nil {
		return Room{}, "", fmt.Errorf("reset attempts: %w", err)
	}
	if err != nil {
		return Room{}, "", fmt.Errorf("pair: %w", err)
	}
	o.log.Info("kiosk paired", "kiosk", paired.Kiosk.ID, "room", paired.ID, "account", a.ID)
	o.changed.send()
	return paired, paired.Kiosk.Fingerprint, nil
}

// newKiosk returns a fresh kiosk id: 60 random bits, no secret.
func newKiosk() string { return "k" + newLetters(12) }

// AnswerPairing says how far the pairing of the kiosk with this key has come,
// and opens a code for one that is new. It may return ErrBusy.
func (o *Centre) AnswerPairing(ctx context.Context, key ed25519.PublicKey) (wire.PairAnswer, error) {
	now := o.now().UTC()
	p, err := o.pairings.OpenPairing(ctx, key, PairCode{newLetters(codeLetters), now.Add(wire.PairCodeLife)}, maxOpenCodes, now)
	if errors.Is(err, ErrTaken) { // two equal codes of 40 bits: not twice in a lifetime
		p, err = o.pairings.OpenPairing(ctx, key, PairCode{newLetters(codeLetters), now.Add(wire.PairCodeLife)}, maxOpenCodes, now)
	}
	if err != nil {
		return wire.PairAnswer{}, fmt.Errorf("open pairing: %w", err)
	}
	answer := wire.PairAnswer{Version: wire.Version, Time: now, ServerKey: base64.StdEncoding.EncodeToString(o.publicKey())}
	if p.Kiosk != "" {
		answer.State, answer.Kiosk, answer.Room = wire.PairPaired, p.Kiosk, p.Room
		return answer, nil
	}
	answer.State, answer.Code, answer.Expires = wire.PairWaiting, showCode(p.Code.Code), p.Code.Expires.UTC()
	answer.Interval = int(pollPairing.Seconds())
	return answer, nil
}

// PairingStore keeps codes until a coordinator has typed them.
type PairingStore interface {
	// OpenPairing returns what the key of a kiosk is: paired, or shown a code.
	// fresh becomes its code when it has none that is valid at now. Errors:
	// ErrBusy when limit codes are open, ErrTaken when another key has
	// fresh.Code.
	OpenPairing(ctx context.Context, key ed25519.PublicKey, fresh PairCode, limit int, now time.Time) (PairingProgress, error)

	// Pair makes kiosk the kiosk of a room, by a code that is valid at now, and
	// uses the code up. The room is made when room.ID is 0; else the kiosk that
	// it had is revoked. Errors: ErrPairCode, ErrTaken, ErrNotFound.
	Pair(ctx context.Context, organisation int64, room Room, kiosk, code string, now time.Time) (Room, error)

	// Unpair revokes the room's kiosk, or returns ErrNotFound.
	Unpair(ctx context.Context, organisation, room int64, now time.Time) error
}

// PairCode is a pairing code without its dash, and when it ends.
type PairCode struct {
	Code    string
	Expires time.Time
}

// PairingProgress is how far a kiosk's pairing has come: Kiosk and Room are set when it
// is done, Code before.
type PairingProgress struct {
	Kiosk string
	Room  string
	Code  PairCode
}
