package desk

import (
	"context"
	"net/http"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
)

// TwinKeeper tells of whom lists do not know whether they are one person, and keeps what
// a volunteer says of them: who of them lists mean, or 0 for two people.
type TwinKeeper interface {
	Twins(ctx context.Context) ([]attendancelist.Twin, error)
	SettleTwin(ctx context.Context, by, person, keep int64) error
}

// twinsPage is all of them, or the two that are asked about.
type twinsPage struct {
	Twins []twinRow
	Ask   bool
}

type twinRow struct {
	No   int64
	Both []twin
}

// twin is one of the two, with what an old list calls them.
type twin struct {
	personRow
	Listed string
}

// twins shows those who may be one person, or asks about the two of the address.
func (d *Desk) twins(w http.ResponseWriter, r *request) error {
	all, err := d.cfg.Store.Twins.Twins(r.Context())
	if err != nil {
		return err
	}
	body := twinsPage{Ask: r.URL.Query().Has("person")}
	for _, t := range all {
		if body.Ask {
			no, err := whole(r.URL.Query().Get("person"))
			if err != nil {
				return err
			}
			if no != t.Person {
				continue
			}
		}
		row := twinRow{No: t.Person}
		for _, no := range []int64{t.Person, t.Other} {
			p, err := d.find(r.Context(), no)
			if err != nil {
				return err
			}
			row.Both = append(row.Both, twin{d.row(r, p), p.Label})
		}
		body.Twins = append(body.Twins, row)
	}
	if body.Ask && len(body.Twins) == 0 {
		return kiosk.ErrNotFound
	}
	return d.show(w, r, "twins", page{Title: r.localizer.T("desk.twins.title", nil), Body: body})
}

// settleTwin keeps what the form says of two people.
func (d *Desk) settleTwin(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"person", "keep"}, func() (done, error) {
		person, err := r.number("person")
		if err != nil {
			return done{}, err
		}
		keep := int64(0)
		if r.PostForm.Get("keep") != "two" {
			if keep, err = r.number("keep"); err != nil {
				return done{}, err
			}
		}
		return done{said: r.localizer.T("desk.did.saved", nil), to: "/desk/twins"},
			d.cfg.Store.Twins.SettleTwin(r.Context(), r.session.volunteer, person, keep)
	})
}

// hasTwins tells whether there is anything to choose. A fault in asking is no reason to
// hide the day.
func (d *Desk) hasTwins(r *request) bool {
	all, err := d.cfg.Store.Twins.Twins(r.Context())
	if err != nil {
		d.cfg.Log.Warn("ask for twins", "err", err)
	}
	return len(all) > 0
}
