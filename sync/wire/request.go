package wire

import (
	"regexp"
	"slices"
	"time"

	"example.org/inloop/sync/count"
)

// SyncPath is where a Request is posted.
const SyncPath = "/v1/sync"

// Request is what a kiosk sends: cells that the centre has not acknowledged,
// and how the kiosk is doing. No field can hold a name, a card or a text.
type Request struct {
	Version int          `json:"version"` // schema, Version to Newest
	Epoch   Epoch        `json:"epoch"`   // the epoch that the room counts in now
	Seq     int64        `json:"seq"`     // number of this request within the epoch, from 1
	Token   string       `json:"token"`   // next_token of the last answer, "" for an epoch's first request
	Clock   ClockReading `json:"clock"`   //
	Health  []Health     `json:"lights"`  // how each part of the kiosk is doing
	Cells   []Cell       `json:"cells"`   // at most MaxRows, may be none

	// Of version 2.
	Resume  string    `json:"resume,omitempty"`  // Refusal.Resume of the answer to the request before
	Compare *Checksum `json:"compare,omitempty"` // to be compared with what is held once Cells are taken
	Undated []Undated `json:"undated,omitempty"` // visits that are in no cell yet, or in one that may be wrong
	// Days of which visits may be missing, because a backup was put back: none means none.
	Lost []LostDays `json:"lost,omitempty"`
	// Counting together with other rooms, nil for a kiosk that does not know how.
	Pool *PoolRequest `json:"pool,omitempty"`
}

// LostDays is days in a row of which a room may have lost visits.
type LostDays struct {
	From count.Period `json:"from"`
	To   count.Period `json:"to"`
}

// Check returns an ErrMalformed when the days are none, or the wrong way round.
func (l LostDays) Check() error {
	if !l.From.Is(count.PeriodDay) || !l.To.Is(count.PeriodDay) || l.From > l.To { // ordered as they are written
		return malformed("lost: want real days, the last not before the first")
	}
	return nil
}

// Undated is how many visits wait for a date, and the days of which they can be. Whose
// they are, and when in a day, it cannot say.
type Undated struct {
	From count.Period `json:"from,omitempty"` // a day, "" when nothing tells
	To   count.Period `json:"to,omitempty"`   // a day, "" for as late as today
	N    int64        `json:"n"`              // from 1
}

// Check returns an ErrMalformed when the days are none, or the wrong way round, or
// the number is out of bounds.
func (u Undated) Check() error {
	switch {
	case u.From != "" && !u.From.Is(count.PeriodDay), u.To != "" && !u.To.Is(count.PeriodDay):
		return malformed("undated: want real days")
	case u.From != "" && u.To != "" && u.From > u.To: // days are ordered as they are written
		return malformed("undated: from a day after the last")
	case u.N < 1 || u.N > MaxCount:
		return malformed("undated: %d visits: want 1 to %d", u.N, MaxCount)
	}
	return nil
}

// Epoch names one generation of a room's database; a restored backup begins another.
type Epoch struct {
	Ordinal int    `json:"ordinal"` // from 1
	ID      string `json:"id"`      // EpochIDSize random bytes, hex
}

// ClockReading is the kiosk's time as it stood when the request was made.
type ClockReading struct {
	Time  time.Time `json:"time"`  // RFC 3339, UTC
	Trust int       `json:"trust"` // 0 unknown, 1 bounded, 2 anchored, 3 confirmed by hand
}

// Health is how one part of the kiosk is doing. All three are words of closed
// lists, so that no light can carry anything else out of a room.
type Health struct {
	Part   string `json:"part"`             // reader, store, clock, disk, sync
	Level  string `json:"colour"`           // green, orange, red
	Reason string `json:"reason,omitempty"` // one of Reasons, empty when there is none
}

// Reasons lists what a light may give as its reason in a version.
func Reasons(version int) []string {
	all := []string{
		"reader.gone", "reader.fault", "reader.none", "reader.starting",
		"store.starting", "store.locked", "store.broken", "store.full", "store.unsaved", "store.readonly",
		"clock.unsure", "disk.low",
		"sync.waiting", "sync.offline", "sync.refused", "sync.forked", "sync.revoked",
	}
	if version > Version {
		all = append(all, "reader.unread", "reader.stalled", "reader.nonode", "reader.denied",
			"store.key", "store.gone", "store.absent", "store.mended", "store.missing", "store.unread",
			"clock.undated", "clock.centre", "disk.backup", "sync.unknown", "sync.pool")
	}
	return all
}

var (
	healthParts  = []string{"reader", "store", "clock", "disk", "sync"}
	healthLevels = []string{"green", "orange", "red"}
)

// CheckIn returns an ErrMalformed unless each of the light's words is known in a
// version.
func (l Health) CheckIn(version int) error {
	switch {
	case !slices.Contains(healthParts, l.Part):
		return malformed("light: not one of the parts %v", healthParts)
	case !slices.Contains(healthLevels, l.Level):
		return malformed("light: not one of the colours %v", healthLevels)
	case l.Reason != "" && !slices.Contains(Reasons(version), l.Reason):
		return malformed("light: not one of the reasons known here")
	}
	return nil
}

var (
	epochIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
	tokenPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)
)

// Check returns an ErrMalformed when the request's own fields are out of
// bounds. It does not check the version, which VersionOf tells before anything
// is decoded, nor the number of cells, which is TooLarge and not Malformed, nor
// the cells, of which a bad one is refused alone: Cell.Check.
func (r Request) Check() error {
	switch {
	case r.Epoch.Ordinal < 1 || r.Epoch.Ordinal > MaxEpoch:
		return malformed("epoch ordinal %d: want 1 to %d", r.Epoch.Ordinal, MaxEpoch)
	case !epochIDPattern.MatchString(r.Epoch.ID):
		return malformed("epoch id: want %d hex digits, lower case", 2*EpochIDSize)
	case r.Seq < 1 || r.Seq > MaxRev:
		return malformed("seq %d: want 1 to %d", r.Seq, int64(MaxRev))
	case r.Token != "" && !tokenPattern.MatchString(r.Token):
		return malformed("token: not one of ours")
	case r.Clock.Trust < 0 || r.Clock.Trust > 3:
		return malformed("clock trust %d: want 0 to 3", r.Clock.Trust)
	case len(r.Health) > MaxHealth:
		return malformed("%d lights: want at most %d", len(r.Health), MaxHealth)
	case len(r.Undated) > MaxUndated:
		return malformed("%d stretches of undated visits: want at most %d", len(r.Undated), MaxUndated)
	case len(r.Lost) > MaxLost:
		return malformed("%d times lost days: want at most %d", len(r.Lost), MaxLost)
	case r.Version == Version && (r.Resume != "" || r.Compare != nil || r.Undated != nil || r.Lost != nil || r.Pool != nil):
		return malformed("a field of version 2 in a request of version 1")
	case r.Resume != "" && !tokenPattern.MatchString(r.Resume):
		return malformed("resume: not one of ours")
	}
	for _, l := range r.Lost {
		if err := l.Check(); err != nil {
			return err
		}
	}
	if r.Compare != nil {
		if err := r.Compare.check(r.Epoch.Ordinal); err != nil {
			return err
		}
	}
	for _, l := range r.Health {
		if err := l.CheckIn(r.Version); err != nil {
			return err
		}
	}
	if r.Pool != nil {
		if err := r.Pool.check(); err != nil {
			return err
		}
	}
	for _, u := range r.Undated {
		if err := u.Check(); err != nil {
			return err
		}
	}
	return nil
}
