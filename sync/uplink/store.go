package uplink

import (
	"context"

	"example.org/inloop/kiosk"
)

// Store is what uplink needs of the room's store. Each method is one
// transaction.
type Store interface {
	Pairings
	Outbox
	Uploads
}

// Pairings keeps what the room knows of its centre.
type Pairings interface {
	// Pairing returns it, or kiosk.ErrNotPaired.
	Pairing(ctx context.Context) (kiosk.Pairing, error)
	SetPairing(ctx context.Context, p kiosk.Pairing) error
}

// Outbox tells what the centre has not taken yet.
type Outbox interface {
	// Unsent returns up to max counts that are neither taken at their revision
	// nor set aside at it.
	Unsent(ctx context.Context, max int) ([]kiosk.Count, error)
	// SetAside keeps a count from being sent again at this revision.
	SetAside(ctx context.Context, c kiosk.Count, code string) error
	// Sending tells how many counts wait and how many are set aside.
	Sending(ctx context.Context) (kiosk.Sending, error)
}

// Uploads remembers the one request that is on its way.
type Uploads interface {
	Epoch(ctx context.Context) (kiosk.Epoch, error)
	Token(ctx context.Context) (string, error)
	NextSeq(ctx context.Context) (int64, error)
	// Begin remembers a request that is about to leave.
	Begin(ctx context.Context, u kiosk.Upload) error
	// Pending returns the request that was begun and not settled, or
	// kiosk.ErrNotFound.
	Pending(ctx context.Context) (kiosk.Upload, error)
	// Acknowledge closes it: its counts are taken at the revisions that were sent.
	Acknowledge(ctx context.Context, s kiosk.Ack) error
	// Requeue forgets it, because it was refused whole: its counts stay unsent.
	Requeue(ctx context.Context) error
}
