package central

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/wire"
)

// SilentAfter is how long a kiosk may not report before its room counts as
// silent.
const SilentAfter = 24 * time.Hour

// Room is a place that is counted, and how its present kiosk is doing.
type Room struct {
	ID           int64
	Organisation int64
	Name         string
	Since        time.Time       // when its first kiosk was paired
	Lost         []wire.LostDays // days of which visits may be missing, as its kiosks last said
	LostUntold   bool            // one of them speaks version 1 and cannot say
	Undated      []wire.Undated  // visits that wait for a date, as its kiosks last said
	Kiosk        Kiosk           // zero when none is paired
}

// Kiosk is what a room's kiosk last said of itself.
type Kiosk struct {
	ID          string        // "" for none
	Fingerprint string        // of its key, as wire.Fingerprint
	Paired      time.Time     //
	Reported    time.Time     // of its last request that was taken; zero for none yet
	Trust       int           // of its clock, 0 to 3 as wire.Clock
	Skew        time.Duration // its clock ahead of ours at the last report, network time included
	Health      []wire.Health // as it sent them
	Forked      time.Time     // when a second holder of its key was last met; zero for never
}

// Silent tells whether the kiosk should have been heard since. No kiosk is
// never silent.
func (k Kiosk) Silent(now time.Time) bool {
	since := k.Paired
	if k.Reported.After(since) {
		since = k.Reported
	}
	return k.ID != "" && now.Sub(since) > SilentAfter
}

// Rooms returns the rooms of the account's organisation, by name.
func (o *Centre) Rooms(ctx context.Context, a Account) ([]Room, error) {
	if err := a.coordinates(); err != nil {
		return nil, err
	}
	rooms, err := o.rooms.Rooms(ctx, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("list rooms: %w", err)
	}
	return rooms, nil
}

// Unpair revokes the room's kiosk from its next request on. What it sent
// stays. A room of another organisation, or one without a kiosk, is
// ErrNotFound.
func (o *Centre) Unpair(ctx context.Context, a Account, room int64) error {
	if err := a.coordinates(); err != nil {
		return err
	}
	if err := o.pairings.Unpair(ctx, a.Organisation, room, o.now()); err != nil {
		return fmt.Errorf("unpair room: %w", err)
	}
	o.log.Info("kiosk unpaired", "room", room, "account", a.ID)
	o.changed.send()
	return nil
}

// RoomStore lists rooms.
type RoomStore interface {
	// Rooms returns the organisation's rooms by name.
	Rooms(ctx context.Context, organisation int64) ([]Room, error)
}
