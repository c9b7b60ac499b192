package desk

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
)

// ResidentLister lists the residents as the room knows them, and the signs that
// none of them has.
type ResidentLister interface {
	Residents(ctx context.Context) ([]kiosk.Present, error)
	// Resident returns one of them; kiosk.ErrNotFound when there is none of that number.
	Resident(ctx context.Context, no int64) (kiosk.Present, error)
	FreeSigns(ctx context.Context) ([]kiosk.Sign, error)
}

// shown is how many people one search lists; more would be no help.
const shown = 24

// personRow is one person in a list.
type personRow struct {
	No      int64
	Label   string
	Picture string // of the sign, empty when there is none
	Colour  string
	Since   string // empty when they are not in
	New     bool
	Before  bool // inside since before a power cut
}

// finder is a list of people to choose one from, with the ways to make it
// shorter: a word, a first letter, a picture.
type finder struct {
	Here     string // the page's own address, for its search form
	Query    string
	Letter   string
	Picture  string
	Rows     []personRow
	More     int
	Letters  []string
	Pictures []pictureChoice

	Action string   // where the button of a row goes; empty: in or out, and the person's page
	Hidden []hidden // what goes with it
	Button string   // its word
}

type hidden struct{ Name, Value string }

type pictureChoice struct{ Key, Word string }

func (d *Desk) people(w http.ResponseWriter, r *request) error {
	f, err := d.finder(r, "/desk/people")
	if err != nil {
		return err
	}
	return d.show(w, r, "people", page{Title: r.localizer.T("desk.people.title", nil), Body: f})
}

// finder reads the search from the address and looks for the people.
func (d *Desk) finder(r *request, here string) (finder, error) {
	q := r.URL.Query()
	f := finder{Here: here, Query: clip(q.Get("q")), Letter: clip(q.Get("letter")), Picture: clip(q.Get("picture"))}
	for c := 'A'; c <= 'Z'; c++ {
		f.Letters = append(f.Letters, string(c))
	}
	for _, p := range kiosk.Pictures() {
		f.Pictures = append(f.Pictures, pictureChoice{p, r.localizer.Picture(p)})
	}
	all, err := d.cfg.Store.Residents.Residents(r.Context())
	if err != nil {
		return f, fmt.Errorf("list residents: %w", err)
	}
	all = slices.DeleteFunc(all, func(p kiosk.Present) bool { return !f.wants(r.localizer, p.Resident) })
	inOrder(r.localizer, all)
	for _, p := range all[:min(len(all), shown)] {
		f.Rows = append(f.Rows, d.row(r, p))
	}
	f.More = len(all) - len(f.Rows)
	return f, nil
}

// inOrder sorts people as the reader of the page looks for them: by what the
// desk calls them, as their language orders its letters.
func inOrder(t web.Localizer, all []kiosk.Present) {
	order := collate.New(language.Make(t.Lang()), collate.Numeric)
	var buf collate.Buffer
	keys := make(map[int64][]byte, len(all)) // made once a person: comparing letters takes long
	for _, p := range all {
		keys[p.No] = order.KeyFromString(&buf, label(t, p.Resident))
	}
	slices.SortStableFunc(all, func(a, b kiosk.Present) int { return bytes.Compare(keys[a.No], keys[b.No]) })
}

// wants tells whether the search asks for this person.
func (f finder) wants(t web.Localizer, p kiosk.Resident) bool {
	picture, _, _ := strings.Cut(string(p.Sign), ".")
	switch {
	case f.Picture != "":
		return picture == f.Picture
	case f.Letter != "":
		return strings.HasPrefix(fold(p.Name), fold(f.Letter)) || strings.HasPrefix(fold(p.Label), fold(f.Letter))
	}
	text := fold(p.Name + " " + p.Label + " " + signWords(t, p.Sign))
	for word := range strings.FieldsSeq(fold(f.Query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// find returns one resident; ErrNotFound when there is none of that number.
func (d *Desk) find(ctx context.Context, person int64) (kiosk.Present, error) {
	p, err := d.cfg.Store.Residents.Resident(ctx, person)
	if err != nil {
		return kiosk.Present{}, fmt.Errorf("find resident: %w", err)
	}
	return p, nil
}

func (d *Desk) row(r *request, p kiosk.Present) personRow {
	row := personRow{No: p.No, Label: label(r.localizer, p.Resident), New: p.New, Before: p.Before}
	row.Picture, row.Colour, _ = strings.Cut(string(p.Sign), ".")
	if !p.Since.IsZero() {
		row.Since = d.clock(r, p.Since)
	}
	return row
}

// label is how the desk calls a person: by the name they gave, else by their
// sign, else as an old list called them, else by their number in this room.
func label(t web.Localizer, p kiosk.Resident) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Sign != "":
		return signWords(t, p.Sign)
	case p.Label != "":
		return p.Label
	default:
		return t.Say("desk.person.number", "No", p.No)
	}
}

func signWords(t web.Localizer, s kiosk.Sign) string {
	picture, colour, err := s.Split()
	if err != nil {
		return ""
	}
	return t.Sign(picture, colour)
}

// fold makes names comparable as people type them: no capitals, no accents.
func fold(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(strings.ToLower(s)))
	return strings.ReplaceAll(s, "ı", "i")
}

// clip keeps what a search can sensibly hold.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60])
	}
	return s
}
