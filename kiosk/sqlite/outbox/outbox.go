package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// Outbox is what the sending of a room's counts asks and tells.
type Outbox struct {
	write func(context.Context, func(context.Context, *Tx, kiosk.Moment) error) error
	read  func() (*sql.DB, error)
	zone  *time.Location
}

// New returns the outbox of a store in a zone: write runs a function in one
// transaction at the moment that is trusted, and read returns a handle that
// reads.
func New(write func(context.Context, func(context.Context, *Tx, kiosk.Moment) error) error,
	read func() (*sql.DB, error), zone *time.Location) *Outbox {
	return &Outbox{write: write, read: read, zone: zone}
}

// do runs fn in one transaction that needs to know no moment; an error says what
// was being done.
func (o *Outbox) do(ctx context.Context, what string, fn func(context.Context, *Tx) error) error {
	err := o.write(ctx, func(ctx context.Context, t *Tx, _ kiosk.Moment) error { return fn(ctx, t) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// link reads of the one row that says how the room stands with its centre.
func (o *Outbox) link(ctx context.Context, query string, dest ...any) error {
	db, err := o.read()
	if err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, query).Scan(dest...); err != nil {
		return fmt.Errorf("read link: %w", sqlrow.Missing(err))
	}
	return nil
}

// Token returns what is to be sent with the next request, empty for the first
// of an epoch.
func (o *Outbox) Token(ctx context.Context) (token string, err error) {
	return token, o.link(ctx, `SELECT token FROM link`, &token)
}

// NextSeq returns the number of the next request of this epoch, from 1.
func (o *Outbox) NextSeq(ctx context.Context) (seq int64, err error) {
	return seq, o.link(ctx, `SELECT seq + 1 FROM link`, &seq)
}

// Sending returns how the uploads are doing. The pairing code and its check
// are not kept here.
func (o *Outbox) Sending(ctx context.Context) (kiosk.Sending, error) {
	var x kiosk.Sending
	var last sql.NullInt64
	err := o.link(ctx, `
		SELECT kiosk <> '', last_ms, (SELECT count(*) FROM cell WHERE `+unsent+`), (SELECT count(*) FROM cell WHERE refused <> '' AND `+aside+`) FROM link`,
		&x.Paired, &last, &x.Waiting, &x.Refused)
	x.Last = sqlrow.Time(last, o.zone)
	return x, err
}
