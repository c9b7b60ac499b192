package central

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/inloop/sync/count"
)

// How much one organisation can set.
const (
	MaxFunders    = 50  // rows of funders in its settings
	MaxReaders    = 20  // accounts and open links of one of them
	MaxFunderText = 120 // characters of a funder's name, and of a contract
)

// Funder is a row of an organisation's settings: who is accounted to, under which
// contract, and which places of a release it may see. A sum over its rooms is
// nowhere made: with the sum over all it would tell the rest.
type Funder struct {
	ID               int64
	Organisation     int64
	OrganisationName string
	Name             string         // opdrachtgever
	Contract         string         // "" for none
	Rooms            []int64        // single rooms that it sees, ascending
	Whole            bool           // it sees the whole organisation
	Readers          []FunderReader // accounts that read for it, by name; only for coordinators
}

// Sees tells whether the funder may see a place of a release: a room, or the whole
// organisation, which is 0.
func (f Funder) Sees(place int64) bool {
	if place == 0 {
		return f.Whole
	}
	return slices.Contains(f.Rooms, place)
}

// FunderReader is an account that reads for a funder, or a link to one.
type FunderReader struct {
	Name string
	Open bool // the link was not used yet
}

// ReaderInvitation is what a one-time link to a funder's reader is for.
type ReaderInvitation struct {
	OrganisationName string
	FunderName       string
	AccountName      string

	// Known is set when the account reads for another organisation already: then it is
	// proven by the password that it has. Else who made this link could choose one,
	// and read what that organisation released.
	Known bool
}

// Funders returns the organisation's funders, by name and contract.
func (o *Centre) Funders(ctx context.Context, a Account) ([]Funder, error) {
	if err := a.coordinates(); err != nil {
		return nil, err
	}
	all, err := o.funders.Funders(ctx, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("list funders: %w", err)
	}
	return all, nil
}

// Funder returns one of them, or ErrNotFound.
func (o *Centre) Funder(ctx context.Context, a Account, id int64) (Funder, error) {
	all, err := o.Funders(ctx, a)
	if err != nil {
		return Funder{}, err
	}
	i := slices.IndexFunc(all, func(f Funder) bool { return f.ID == id })
	if i < 0 {
		return Funder{}, fmt.Errorf("funder %d: %w", id, ErrNotFound)
	}
	return all[i], nil
}

// SaveFunder keeps a funder of the account's organisation, a new one where ID is 0,
// and returns its id. Errors: ErrName for a name or contract that is too long or, of
// the name, empty; ErrTaken for a name and contract that another row has; ErrTooMany
// over MaxFunders; ErrNotFound for a funder or room of another organisation.
func (o *Centre) SaveFunder(ctx context.Context, a Account, f Funder) (int64, error) {
	if err := a.coordinates(); err != nil {
		return 0, err
	}
	f.Name, f.Contract, f.Organisation = strings.TrimSpace(f.Name), strings.TrimSpace(f.Contract), a.Organisation
	if f.Name == "" || !funderText(f.Name) || !funderText(f.Contract) {
		return 0, fmt.Errorf("funder: want 1 to %d characters, and a contract of at most as many: %w", MaxFunderText, ErrName)
	}
	slices.Sort(f.Rooms)
	f.Rooms = slices.Compact(f.Rooms)
	id, err := o.funders.SaveFunder(ctx, f, MaxFunders)
	if err != nil {
		return 0, fmt.Errorf("save funder: %w", err)
	}
	o.log.Info("funder saved", "organisation", a.Organisation, "funder", id, "account", a.ID)
	return id, nil
}

func funderText(text string) bool { return count.Fits(text, MaxFunderText) && printable(text) }

// RemoveFunder removes a funder with its links, and each reader that reads for nobody
// else. What was released stays. One of another organisation is ErrNotFound.
func (o *Centre) RemoveFunder(ctx context.Context, a Account, funder int64) error {
	if err := a.coordinates(); err != nil {
		return err
	}
	if err := o.funders.RemoveFunder(ctx, a.Organisation, funder); err != nil {
		return fmt.Errorf("remove funder: %w", err)
	}
	o.log.Info("funder removed", "organisation", a.Organisation, "funder", funder, "account", a.ID)
	return nil
}

// InviteReader returns the token of a link by which account may read for a funder,
// used once, within InvitationLife; it takes the place of an older one. Errors:
// ErrName, ErrTaken for a coordinator's account, ErrTooMany over MaxReaders,
// ErrNotFound for a funder of another organisation.
func (o *Centre) InviteReader(ctx context.Context, a Account, funder int64, account string) (token string, err error) {
	if err := a.coordinates(); err != nil {
		return "", err
	}
	if account, err = accountName(account); err != nil {
		return "", err
	}
	token, now := rand.Text(), o.now()
	link := ReaderLink{Organisation: a.Organisation, Funder: funder, Name: account, Token: hashToken(token), Expires: now.Add(InvitationLife)}
	if err := o.funders.InviteReader(ctx, link, MaxReaders, now); err != nil {
		return "", fmt.Errorf("invite reader: %w", err)
	}
	return token, nil
}

// RemoveReader ends an account's reading for a funder, and its link; an account that
// reads for nobody else goes with its sessions. Who reads for it neither way is
// ErrNotFound.
func (o *Centre) RemoveReader(ctx context.Context, a Account, funder int64, account string) error {
	if err := a.coordinates(); err != nil {
		return err
	}
	name, err := accountName(account)
	if err != nil {
		return err
	}
	if err := o.funders.RemoveReader(ctx, a.Organisation, funder, name); err != nil {
		return fmt.Errorf("remove reader: %w", err)
	}
	return nil
}

// ReaderInvitation returns what a reader's link is for, or ErrNoInvitation.
func (o *Centre) ReaderInvitation(ctx context.Context, token string) (ReaderInvitation, error) {
	in, err := o.funders.InvitedReader(ctx, hashToken(token), o.now())
	if err != nil {
		return ReaderInvitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return in, nil
}

// AcceptReader uses a reader's link up and returns a new session's token. The password
// is a new one, or that of the account where the invitation says Known; from is as in
// SignIn. Errors: ErrNoInvitation, *PasswordError, and of a Known account those of
// SignIn; all but the first leave the link open.
func (o *Centre) AcceptReader(ctx context.Context, token, password, from string) (session string, err error) {
	link := hashToken(token)
	in, err := o.funders.InvitedReader(ctx, link, o.now())
	if err != nil {
		return "", fmt.Errorf("find invitation: %w", err)
	}
	hash := ""
	if in.Known {
		_, err = o.check(ctx, in.AccountName, password, from)
	} else {
		hash, err = o.hashPassword(ctx, password, in.AccountName)
	}
	if err != nil {
		return "", err
	}
	session = rand.Text()
	if err := o.funders.AcceptReader(ctx, link, hash, hashToken(session), o.now()); err != nil {
		return "", fmt.Errorf("accept invitation: %w", err)
	}
	return session, nil
}

// ReaderLink is a one-time link to a funder's reader.
type ReaderLink struct {
	Organisation, Funder int64
	Name                 string // of the account that there is or will be
	Token                []byte // its hash
	Expires              time.Time
}

// FunderStore keeps funders and who reads for them.
type FunderStore interface {
	// Funders returns an organisation's funders with their rooms and readers, by name
	// and contract.
	Funders(ctx context.Context, organisation int64) ([]Funder, error)

	// FundersRead returns the funders, of whatever organisation, that an account reads
	// for, with their rooms and without readers, by organisation, name and contract.
	FundersRead(ctx context.Context, account int64) ([]Funder, error)

	// SaveFunder adds a funder, or replaces the one with its id, with its rooms.
	// Errors: ErrTaken, ErrNotFound, and ErrTooMany when there are most already.
	SaveFunder(ctx context.Context, f Funder, most int) (id int64, err error)

	// RemoveFunder removes a funder and what goes with it, or returns ErrNotFound.
	RemoveFunder(ctx context.Context, organisation, funder int64) error

	// InviteReader keeps a link in the place of an older one. Errors: ErrTaken when
	// the name is that of an account that is no reader, ErrNotFound, and ErrTooMany
	// when the funder has most readers and links already.
	InviteReader(ctx context.Context, link ReaderLink, most int, now time.Time) error

	// InvitedReader returns what a link is for that is valid at now, or
	// ErrNoInvitation.
	InvitedReader(ctx context.Context, token []byte, now time.Time) (ReaderInvitation, error)

	// AcceptReader uses a link up, makes its account a reader of its funder, and begins
	// a session. The account is made, or its password set and its sessions ended,
	// unless password is "". ErrNoInvitation is also for one whose account has become
	// Known, or is so no more, since it was looked at.
	AcceptReader(ctx context.Context, token []byte, password string, session []byte, now time.Time) error

	// RemoveReader ends an account's reading for a funder, or returns ErrNotFound.
	RemoveReader(ctx context.Context, organisation, funder int64, name string) error
}
