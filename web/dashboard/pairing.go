package dashboard

import (
	"errors"
	"fmt"
	"net/http"

	"example.org/inloop/sync/central"
)

// pairForm is the page on which a kiosk's code is typed.
type pairForm struct {
	frame
	Action     string
	Code, Name string
	CodeFault  string
	NameFault  string
	Suggestion string
	MaxName    int           // of the room, in characters
	Room       *central.Room // whose kiosk is replaced; nil for a new room
	Server     string
}

func (s *Site) showPair(w http.ResponseWriter, r *http.Request, _ central.Account) error {
	return s.show(w, http.StatusOK, "pair", s.pairForm(r, nil))
}

func (s *Site) showReplace(w http.ResponseWriter, r *http.Request, a central.Account) error {
	room, err := s.ownRoom(r, a)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "pair", s.pairForm(r, &room))
}

func (s *Site) pairForm(r *http.Request, room *central.Room) pairForm {
	page := pairForm{frame: s.frame(r, "dashboard.pair.title"), Action: r.URL.Path, Room: room, Server: s.central.Fingerprint(), MaxName: central.MaxRoomName}
	if room != nil {
		page.Title = page.T("dashboard.pair.replace", "Room", room.Name)
	}
	return page
}

func (s *Site) pair(w http.ResponseWriter, r *http.Request, a central.Account) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	room, _, err := s.central.Pair(r.Context(), a, typed.Get("code"), typed.Get("name"))
	if err != nil {
		page := s.pairForm(r, nil)
		page.Code, page.Name = typed.Get("code"), typed.Get("name")
		return s.pairAgain(w, page, err)
	}
	s.paired(w, r, room)
	return nil
}

func (s *Site) replace(w http.ResponseWriter, r *http.Request, a central.Account) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	old, err := s.ownRoom(r, a)
	if err != nil {
		return err
	}
	room, _, err := s.central.PairRoom(r.Context(), a, typed.Get("code"), old.ID)
	if err != nil {
		page := s.pairForm(r, &old)
		page.Code = typed.Get("code")
		return s.pairAgain(w, page, err)
	}
	s.paired(w, r, room)
	return nil
}

// paired goes on to the room's page, which shows the fingerprint to compare.
func (s *Site) paired(w http.ResponseWriter, r *http.Request, room central.Room) {
	http.Redirect(w, r, fmt.Sprintf("/rooms/%d?paired=1", room.ID), http.StatusSeeOther)
}

// pairAgain shows the form once more with what was wrong; an error that it
// cannot put right is returned.
func (s *Site) pairAgain(w http.ResponseWriter, page pairForm, err error) error {
	var telling *central.TellingNameError
	switch {
	case errors.Is(err, central.ErrPairCode):
		page.CodeFault = page.T("dashboard.pair.fault.code")
	case errors.Is(err, central.ErrName):
		page.NameFault = page.T("dashboard.pair.fault.name", "Max", central.MaxRoomName)
	case errors.Is(err, central.ErrTaken):
		page.NameFault = page.T("dashboard.pair.fault.taken")
	case errors.As(err, &telling):
		page.NameFault = page.T("dashboard.pair.fault.telling", "Word", telling.Word, "Suggestion", telling.Suggestion)
		page.Suggestion = telling.Suggestion
	default:
		return err
	}
	return s.show(w, http.StatusUnprocessableEntity, "pair", page)
}

// roomPage is a page about one room without figures.
type roomPage struct {
	frame
	Room central.Room
}

func (s *Site) showUnpair(w http.ResponseWriter, r *http.Request, a central.Account) error {
	room, err := s.ownRoom(r, a)
	if err != nil {
		return err
	}
	if room.Kiosk.ID == "" {
		return central.ErrNotFound
	}
	return s.show(w, http.StatusOK, "unpair", roomPage{s.frame(r, "dashboard.unpair.title"), room})
}

func (s *Site) unpair(w http.ResponseWriter, r *http.Request, a central.Account) error {
	id, err := roomID(r)
	if err != nil {
		return err
	}
	if err := s.central.Unpair(r.Context(), a, id); err != nil {
		return err
	}
	http.Redirect(w, r, fmt.Sprintf("/rooms/%d", id), http.StatusSeeOther)
	return nil
}

// ownRoom is the room of the address among the account's own; another's is
// central.ErrNotFound.
func (s *Site) ownRoom(r *http.Request, a central.Account) (central.Room, error) {
	id, err := roomID(r)
	if err != nil {
		return central.Room{}, err
	}
	rooms, err := s.central.Rooms(r.Context(), a)
	if err != nil {
		return central.Room{}, err
	}
	for _, room := range rooms {
		if room.ID == id {
			return room, nil
		}
	}
	return central.Room{}, central.ErrNotFound
}
