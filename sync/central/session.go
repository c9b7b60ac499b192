package central

import (
	"context"
	"fmt"
	"time"
)

// How long a session lives: in all, and without anything being done in it.
const (
	SessionLife = 8 * time.Hour
	SessionIdle = time.Hour
)

// touchAfter keeps a busy page from writing to the store with every click.
const touchAfter = time.Minute

// Session returns the account of a session's token and keeps it alive. It is
// for what a person does. An ended session is ErrNoSession.
func (o *Centre) Session(ctx context.Context, session string) (Account, error) {
	s, err := o.session(ctx, session)
	if err != nil {
		return Account{}, err
	}
	if now := o.now(); now.Sub(s.Used) >= touchAfter {
		if err := o.sessions.TouchSession(ctx, hashToken(session), now); err != nil {
			return Account{}, fmt.Errorf("keep session: %w", err)
		}
	}
	return s.Account, nil
}

// Peek is Session for what a page does by itself: it does not keep the session
// alive.
func (o *Centre) Peek(ctx context.Context, session string) (Account, error) {
	s, err := o.session(ctx, session)
	return s.Account, err
}

func (o *Centre) session(ctx context.Context, token string) (Session, error) {
	s, err := o.sessions.Session(ctx, hashToken(token))
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}
	if now := o.now(); now.Sub(s.Begun) >= SessionLife || now.Sub(s.Used) >= SessionIdle {
		return Session{}, fmt.Errorf("session too old: %w", ErrNoSession)
	}
	return s, nil
}

// SignOut ends a session. One that has ended is no error.
func (o *Centre) SignOut(ctx context.Context, session string) error {
	if err := o.sessions.EndSession(ctx, hashToken(session)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// SessionStore keeps sessions by the hash of their token.
type SessionStore interface {
	// BeginSession begins one, and forgets those of all accounts begun before
	// old. An account that is gone is ErrNotFound.
	BeginSession(ctx context.Context, organisation, account int64, session []byte, now, old time.Time) error

	// Session returns whose it is and its times, or ErrNoSession.
	Session(ctx context.Context, session []byte) (Session, error)

	// TouchSession sets when it was last used.
	TouchSession(ctx context.Context, session []byte, now time.Time) error

	// EndSession ends one; one that has ended is no error.
	EndSession(ctx context.Context, session []byte) error
}

// Session is the time since a coordinator signed in.
type Session struct {
	Account     Account
	Begun, Used time.Time
}
