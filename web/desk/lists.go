package desk

import (
	"context"
	"net/http"
	"strconv"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
)

// ListKeeper tells which lists were taken in, and takes one back.
type ListKeeper interface {
	Imports(ctx context.Context) ([]attendancelist.Batch, error)
	TakeBack(ctx context.Context, by, list int64) error
}

// listsPage is the lists, or the one that is asked about.
type listsPage struct {
	Lists []listRow
	Ask   bool // whether this one goes back
	Twins bool // there are people who may be one
}

type listRow struct {
	No     int64
	Words  string
	Undone bool
	Later  bool // a later list leans on it
}

// lists shows the lists, or asks about the one of the address.
func (d *Desk) lists(w http.ResponseWriter, r *request) error {
	all, err := d.cfg.Store.Lists.Imports(r.Context())
	if err != nil {
		return err
	}
	asked := r.URL.Query().Get("list")
	body := listsPage{Ask: asked != "", Twins: asked == "" && d.hasTwins(r)}
	for _, b := range all {
		if body.Ask && strconv.FormatInt(b.No, 10) != asked {
			continue
		}
		words := r.localizer.N("desk.lists.visits", b.Visits, map[string]any{"List": b.No, "Day": d.longDay(r, b.Day)})
		body.Lists = append(body.Lists, listRow{No: b.No, Words: words, Undone: b.Undone, Later: len(b.LeanOns) > 0})
	}
	if body.Ask && (len(body.Lists) == 0 || body.Lists[0].Undone) {
		return kiosk.ErrNotFound
	}
	return d.show(w, r, "lists", page{Title: r.localizer.T("desk.lists.title", nil), Body: body})
}

// takeListBack takes back the list of the form.
func (d *Desk) takeListBack(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"list"}, func() (done, error) {
		list, err := r.number("list")
		if err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.list", nil), to: "/desk/lists"},
			d.cfg.Store.Lists.TakeBack(r.Context(), r.session.volunteer, list)
	})
}

// hasLists tells whether there is anything on the page of lists. A fault in asking is no
// reason to hide the day.
func (d *Desk) hasLists(r *request) bool {
	all, err := d.cfg.Store.Lists.Imports(r.Context())
	if err != nil {
		d.cfg.Log.Warn("ask for lists", "err", err)
	}
	return len(all) > 0 || d.hasTwins(r)
}
