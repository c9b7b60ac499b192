package central

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"example.org/inloop/sync/count"
)

// InvitationLife is how long a one-time link works.
const InvitationLife = 7 * 24 * time.Hour

// Account is who signed in. It leads every question: a coordinator sees the rooms of
// its organisation, a funder's reader what was released to it.
type Account struct {
	ID               int64
	Organisation     int64 // of a reader, the one that invited it first
	OrganisationName string
	Name             string // as is typed to sign in, like an e-mail address, in small letters
	Role             Role
}

// Invitation is what a one-time link is for.
type Invitation struct {
	OrganisationName string
	AccountName      string
}

var accountPattern = regexp.MustCompile(`^[^@\s\pC]{1,64}@[^@\s\pC]{1,180}$`)

// accountName returns the name in the one form in which it is kept, or ErrName.
func accountName(typed string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(typed))
	if !accountPattern.MatchString(name) {
		return "", fmt.Errorf("account: want a name like an e-mail address: %w", ErrName)
	}
	return name, nil
}

// NewInvitation makes an account, and its organisation where there is none of
// this name, and returns the token of a link by which its password is chosen
// once, within InvitationLife. An account that is there already gets a new
// link and keeps its password until that is used; one of another organisation,
// or a funder's reader, is ErrTaken. A malformed name is ErrName.
func (o *Centre) NewInvitation(ctx context.Context, organisation, account string) (token string, err error) {
	organisation = strings.TrimSpace(organisation)
	if organisation == "" || !count.Fits(organisation, MaxRoomName) || !printable(organisation) {
		return "", fmt.Errorf("organisation: want 1 to %d characters: %w", MaxRoomName, ErrName)
	}
	if account, err = accountName(account); err != nil {
		return "", err
	}
	token, now := rand.Text(), o.now()
	if err := o.invitations.Invite(ctx, organisation, account, hashToken(token), now, now.Add(InvitationLife)); err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return token, nil
}

// Invitation returns what the link's token is for, or ErrNoInvitation.
func (o *Centre) Invitation(ctx context.Context, token string) (Invitation, error) {
	a, err := o.invitations.Invited(ctx, hashToken(token), o.now())
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return Invitation{OrganisationName: a.OrganisationName, AccountName: a.Name}, nil
}

// Accept chooses the password of the link's account, ends its sessions and the
// link, and returns a new session's token. Errors: ErrNoInvitation and
// *PasswordError; the latter leaves the link open.
func (o *Centre) Accept(ctx context.Context, token, password string) (session string, err error) {
	link := hashToken(token)
	a, err := o.invitations.Invited(ctx, link, o.now())
	if err != nil {
		return "", fmt.Errorf("find invitation: %w", err)
	}
	hash, err := o.hashPassword(ctx, password, a.Name)
	if err != nil {
		return "", err
	}
	session = rand.Text()
	if err := o.invitations.Accept(ctx, link, hash, hashToken(session), o.now()); err != nil {
		return "", fmt.Errorf("accept invitation: %w", err)
	}
	return session, nil
}

// SignIn returns a new session's token. from is where the request came from,
// such as an IP address, or "": attempts are counted per account and place, so
// that a stranger's attempts do not keep the owner out. Errors: ErrCredentials,
// and *WaitError after MaxAttempts of those.
func (o *Centre) SignIn(ctx context.Context, name, password, from string) (session string, err error) {
	a, err := o.check(ctx, name, password, from)
	if err != nil {
		return "", err
	}
	session = rand.Text()
	now := o.now()
	if err := o.sessions.BeginSession(ctx, a.Organisation, a.ID, hashToken(session), now, now.Add(-SessionLife)); err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return session, nil
}

// check returns the account whose name and password these are. An account that
// is not there costs as many attempts and as much time as a wrong password.
func (o *Centre) check(ctx context.Context, typed, password, from string) (Account, error) {
	name, err := accountName(typed)
	if err != nil {
		return Account{}, ErrCredentials
	}
	here, anywhere := attemptKey("sign-in", name, from), attemptKey("sign-in", name)
	if err := o.countAttempt(ctx, here, MaxAttempts); err != nil {
		return Account{}, err
	}
	if err := o.countAttempt(ctx, anywhere, maxAnywhere); err != nil {
		return Account{}, err
	}
	a, hash, err := o.accounts.Account(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Account{}, fmt.Errorf("find account: %w", err)
	}
	if hash == "" {
		hash = unusedHash
	}
	fits, err := o.fitsPassword(ctx, hash, password)
	if err != nil {
		return Account{}, err
	}
	if !fits {
		return Account{}, ErrCredentials
	}
	for _, key := range []string{here, anywhere} {
		if err := o.attempts.ResetAttempts(ctx, key); err != nil {
			return Account{}, fmt.Errorf("reset attempts: %w", err)
		}
	}
	return a, nil
}

// attemptKey names what attempts are counted for, so that the store holds neither
// names that do not exist nor addresses.
func attemptKey(what string, of ...string) string {
	return fmt.Sprintf("%s %x", what, hashToken(strings.Join(of, "\n"))[:16])
}

// ChangePassword sets a new password, ends all sessions of the account and
// returns a new one's token. Errors: ErrCredentials and *WaitError for old as
// SignIn, *PasswordError for new.
func (o *Centre) ChangePassword(ctx context.Context, a Account, old, new, from string) (session string, err error) {
	if _, err := o.check(ctx, a.Name, old, from); err != nil {
		return "", err
	}
	hash, err := o.hashPassword(ctx, new, a.Name)
	if err != nil {
		return "", err
	}
	session = rand.Text()
	if err := o.accounts.SetPassword(ctx, a.Organisation, a.ID, hash, hashToken(session), o.now()); err != nil {
		return "", fmt.Errorf("set password: %w", err)
	}
	return session, nil
}

// RemoveAccount removes an account with its sessions and links, for an
// operator. One that is not there is ErrNotFound.
func (o *Centre) RemoveAccount(ctx context.Context, account string) error {
	name, err := accountName(account)
	if err != nil {
		return err
	}
	if err := o.accounts.RemoveAccount(ctx, name); err != nil {
		return fmt.Errorf("remove account: %w", err)
	}
	return nil
}

// InvitationStore keeps the links by which accounts begin.
type InvitationStore interface {
	// Invite makes organisation and account where they are not there, and a
	// link in the place of an older one. An account of another organisation, or of
	// another role than a coordinator's, is ErrTaken.
	Invite(ctx context.Context, organisation, account string, token []byte, now, expires time.Time) error

	// Invited returns the account of a link that is valid at now, or
	// ErrNoInvitation.
	Invited(ctx context.Context, token []byte, now time.Time) (Account, error)

	// Accept sets the password of the link's account, ends the link and all its
	// sessions, and begins one. It returns ErrNoInvitation for a link that does
	// not valid at now.
	Accept(ctx context.Context, token []byte, password string, session []byte, now time.Time) error
}

// AccountStore keeps accounts.
type AccountStore interface {
	// Account returns an account and its password's hash, "" for none yet, or
	// ErrNotFound.
	Account(ctx context.Context, name string) (Account, string, error)

	// SetPassword sets a new hash, ends all the account's sessions and begins
	// one. An account that is gone is ErrNotFound.
	SetPassword(ctx context.Context, organisation, account int64, password string, session []byte, now time.Time) error

	// RemoveAccount removes an account with its links and sessions, or returns
	// ErrNotFound.
	RemoveAccount(ctx context.Context, name string) error
}
