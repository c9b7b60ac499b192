package central

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// Release is what an organisation released of a quarter or a year, as it stands for
// ever: a later version stands beside it. Reports read this and nothing nearer to what
// was counted.
type Release struct {
	Organisation     int64
	OrganisationName string
	ReleaseHead
	Rooms, Due int          // of the round that its class C is from, 0 for none
	Told       count.Period // the day on which that round's result came
	Places     []ReleasePlace
}

// ReleaseHead is what is told of a release in a list.
type ReleaseHead struct {
	Period  count.Period
	Version int // from 1
	Made    time.Time
	MadeBy  string // the account's name, "" for the centre itself on the last day
}

// ReleasePlace is a room in a release, or the whole organisation.
type ReleasePlace struct {
	Room     int64  // 0 for the whole
	Name     string // of the room, as it was then
	Received Weeks  // over the whole organisation, room-weeks
	Cells    []ReleaseCell
}

// Find returns the cell of a measure, false for one that the release does not tell of.
func (p ReleasePlace) Find(m count.Measure) (ReleaseCell, bool) {
	i := slices.IndexFunc(p.Cells, func(c ReleaseCell) bool { return c.Measure == m })
	if i < 0 {
		return ReleaseCell{}, false
	}
	return p.Cells[i], true
}

// ReleaseCell is a measure in a release: its figure, and why it is withheld.
type ReleaseCell struct {
	Measure count.Measure
	disclose.Figure
	Reason Absence // with withheld only
}

// ReleaseChange is a cell that a version has otherwise than the one before it.
type ReleaseChange struct {
	Room    int64
	Name    string
	Measure count.Measure
	Was, Is ReleaseCell // a zero one where there was or is none
}

// Released is what one organisation released, as an account may see it.
type Released struct {
	Organisation     int64
	OrganisationName string
	Funders          []Funder      // that the account reads for; for a coordinator all
	Versions         []ReleaseHead // the newest period and version first
	Next             NextRelease   // for a coordinator only
}

// Sees tells whether one of the funders may see a place; a coordinator sees all.
func (r Released) sees(a Account, room int64) bool {
	return a.Role == RoleCoordinator || slices.ContainsFunc(r.Funders, func(f Funder) bool { return f.Sees(room) })
}

// Releases returns what may be read of releases: of its own organisation by a
// coordinator, of each that invited it by a funder's reader.
func (o *Centre) Releases(ctx context.Context, a Account) ([]Released, error) {
	all, err := o.readable(ctx, a)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Versions, err = o.releases.ReleaseHeads(ctx, all[i].Organisation); err != nil {
			return nil, fmt.Errorf("list releases: %w", err)
		}
		if a.Role == RoleCoordinator {
			if all[i].Next, err = o.nextRelease(ctx, a.Organisation, all[i].Versions); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// readable returns the organisations whose releases an account reads.
func (o *Centre) readable(ctx context.Context, a Account) ([]Released, error) {
	if a.Role == RoleCoordinator {
		funders, err := o.Funders(ctx, a)
		if err != nil {
			return nil, err
		}
		return []Released{{Organisation: a.Organisation, OrganisationName: a.OrganisationName, Funders: funders}}, nil
	}
	funders, err := o.funders.FundersRead(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("find what is read: %w", err)
	}
	var all []Released
	for _, f := range funders {
		if n := len(all); n == 0 || all[n-1].Organisation != f.Organisation {
			all = append(all, Released{Organisation: f.Organisation, OrganisationName: f.OrganisationName})
		}
		all[len(all)-1].Funders = append(all[len(all)-1].Funders, f)
	}
	return all, nil
}

// ReadRelease is a release as one account may see it.
type ReadRelease struct {
	Release
	Funders  []Funder // as in Released
	Versions []ReleaseHead
	Changes  []ReleaseChange // since the version before this one
}

// Release returns a version of a release, the newest where version is 0, with the places
// that the account may see. One of an organisation that it does not read is ErrNotFound,
// as is one that was never made.
func (o *Centre) Release(ctx context.Context, a Account, organisation int64, period count.Period, version int) (ReadRelease, error) {
	all, err := o.readable(ctx, a)
	if err != nil {
		return ReadRelease{}, err
	}
	i := slices.IndexFunc(all, func(r Released) bool { return r.Organisation == organisation })
	if i < 0 {
		return ReadRelease{}, fmt.Errorf("releases of organisation %d: %w", organisation, ErrNotFound)
	}
	r := ReadRelease{Funders: all[i].Funders}
	if r.Release, err = o.releases.Release(ctx, organisation, period, version); err != nil {
		return ReadRelease{}, fmt.Errorf("release of %.10q: %w", string(period), err)
	}
	heads, err := o.releases.ReleaseHeads(ctx, organisation)
	if err != nil {
		return ReadRelease{}, fmt.Errorf("list releases: %w", err)
	}
	r.Versions = slices.DeleteFunc(heads, func(h ReleaseHead) bool { return h.Period != r.Period })
	if r.Version > 1 {
		was, err := o.releases.Release(ctx, organisation, period, r.Version-1)
		if err != nil {
			return ReadRelease{}, fmt.Errorf("version before: %w", err)
		}
		r.Changes = slices.DeleteFunc(changesOf(was, r.Release), func(c ReleaseChange) bool { return !all[i].sees(a, c.Room) })
	}
	r.Places = slices.DeleteFunc(r.Places, func(p ReleasePlace) bool { return !all[i].sees(a, p.Room) })
	return r, nil
}

// changesOf returns the cells of a release that another version had otherwise.
func changesOf(was, is Release) (changes []ReleaseChange) {
	type key struct {
		room    int64
		measure count.Measure
	}
	before := map[key]ReleaseCell{}
	for _, p := range was.Places {
		for _, c := range p.Cells {
			before[key{p.Room, c.Measure}] = c
		}
	}
	for _, p := range is.Places {
		for _, c := range p.Cells {
			if b := before[key{p.Room, c.Measure}]; b != c {
				changes = append(changes, ReleaseChange{p.Room, p.Name, c.Measure, b, c})
			}
		}
	}
	return changes
}

// ErrReleased is returned for a period that was released already.
var ErrReleased = errors.New("released already")

// ErrNotYet is returned for a release before its time, and for one without a funder.
var ErrNotYet = errors.New("not to be released yet")

// ReleaseStore keeps releases. What it holds once, it holds for ever.
type ReleaseStore interface {
	// RoundingKey returns the key by which this store's releases are rounded: that of
	// the first call, for which fresh is taken.
	RoundingKey(ctx context.Context, fresh []byte) ([]byte, error)

	// SaveReleases keeps releases of one organisation, all or none: ErrReleased when
	// one of these versions is there.
	SaveReleases(ctx context.Context, all []Release) error

	// ReleaseHeads returns an organisation's, the newest period and version first, a
	// year before its quarters.
	ReleaseHeads(ctx context.Context, organisation int64) ([]ReleaseHead, error)

	// Release returns a version, the newest where it is 0, or ErrNotFound.
	Release(ctx context.Context, organisation int64, period count.Period, version int) (Release, error)

	// Funded returns the organisations that have a funder.
	Funded(ctx context.Context) ([]int64, error)

	// Pairings returns all pairings of an organisation's kiosks, oldest first.
	Pairings(ctx context.Context, organisation int64) ([]PairedKiosk, error)
}
