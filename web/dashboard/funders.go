package dashboard

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
)

// funderForm is the page of one funder, or of one to be added.
type funderForm struct {
	frame
	Funder  central.Funder
	All     []central.Funder // of the organisation, where one can be added
	Rooms   []central.Room   // that can be chosen
	MaxText int
	Fault   string // what was wrong with the funder, "" for nothing
	Reader  string // typed before
	Unable  string // what was wrong with the reader
}

// Sees tells whether a room is chosen.
func (f funderForm) Sees(room int64) bool { return f.Funder.Sees(room) }

// RoomNames are the names of the rooms that a funder sees.
func (f funderForm) RoomNames(of central.Funder) (names []string) {
	for _, r := range f.Rooms {
		if of.Sees(r.ID) {
			names = append(names, r.Name)
		}
	}
	return names
}

func (s *Site) funderForm(r *http.Request, a central.Account, title string) (page funderForm, err error) {
	page = funderForm{frame: s.frame(r, title), MaxText: central.MaxFunderText}
	page.Rooms, err = s.central.Rooms(r.Context(), a)
	return page, err
}

func (s *Site) showFunders(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.fundersPage(r, a)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "funders", page)
}

func (s *Site) fundersPage(r *http.Request, a central.Account) (page funderForm, err error) {
	if page, err = s.funderForm(r, a, "release.funders.title"); err != nil {
		return page, err
	}
	page.All, err = s.central.Funders(r.Context(), a)
	return page, err
}

// typedFunder reads the form of a funder.
func typedFunder(typed url.Values) (central.Funder, error) {
	f := central.Funder{Name: typed.Get("name"), Contract: typed.Get("contract"), Whole: typed.Has("whole")}
	for _, text := range typed["room"] {
		room, err := count.ParseNumber(text)
		if err != nil {
			return f, fmt.Errorf("%w: %w", errForm, err)
		}
		f.Rooms = append(f.Rooms, room)
	}
	slices.Sort(f.Rooms)
	return f, nil
}

func (s *Site) addFunder(w http.ResponseWriter, r *http.Request, a central.Account) error {
	f, id, err := s.saveFunder(r, a, 0)
	if err == nil {
		http.Redirect(w, r, fmt.Sprintf("/funders/%d", id), http.StatusSeeOther)
		return nil
	}
	page, lost := s.fundersPage(r, a)
	if lost != nil {
		return lost
	}
	page.Funder = f
	if page.Fault = page.funderFault(err); page.Fault == "" {
		return err
	}
	return s.show(w, http.StatusUnprocessableEntity, "funders", page)
}

func (s *Site) saveFunder(r *http.Request, a central.Account, id int64) (central.Funder, int64, error) {
	typed, err := readForm(r)
	if err != nil {
		return central.Funder{}, 0, err
	}
	f, err := typedFunder(typed)
	if err != nil {
		return f, 0, err
	}
	f.ID = id
	id, err = s.central.SaveFunder(r.Context(), a, f)
	return f, id, err
}

// funderFault says what was wrong with a funder, "" for what no form can put right.
func (f frame) funderFault(err error) string {
	switch {
	case errors.Is(err, central.ErrName):
		return f.T("release.funders.fault.name", "Max", central.MaxFunderText)
	case errors.Is(err, central.ErrTaken):
		return f.T("release.funders.fault.taken")
	case errors.Is(err, central.ErrTooMany):
		return f.T("release.funders.fault.toomany", "Max", central.MaxFunders)
	}
	return ""
}

// ownFunder is the funder of the address; another's is central.ErrNotFound.
func (s *Site) ownFunder(r *http.Request, a central.Account) (central.Funder, error) {
	id, err := count.ParseNumber(r.PathValue("funder"))
	if err != nil {
		return central.Funder{}, central.ErrNotFound
	}
	return s.central.Funder(r.Context(), a, id)
}

// oneFunder is the page of the funder of the address.
func (s *Site) oneFunder(r *http.Request, a central.Account) (funderForm, error) {
	f, err := s.ownFunder(r, a)
	if err != nil {
		return funderForm{}, err
	}
	page, err := s.funderForm(r, a, "release.funders.title")
	page.Funder, page.Title = f, f.Name
	return page, err
}

func (s *Site) showFunder(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.oneFunder(r, a)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "funder", page)
}

func (s *Site) changeFunder(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.oneFunder(r, a)
	if err != nil {
		return err
	}
	f, _, err := s.saveFunder(r, a, page.Funder.ID)
	if err == nil {
		http.Redirect(w, r, "/funders", http.StatusSeeOther)
		return nil
	}
	f.Readers = page.Funder.Readers
	page.Funder = f
	if page.Fault = page.funderFault(err); page.Fault == "" {
		return err
	}
	return s.show(w, http.StatusUnprocessableEntity, "funder", page)
}

func (s *Site) removeFunder(w http.ResponseWriter, r *http.Request, a central.Account) error {
	f, err := s.ownFunder(r, a)
	if err != nil {
		return err
	}
	if err := s.central.RemoveFunder(r.Context(), a, f.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/funders", http.StatusSeeOther)
	return nil
}

// readerLink is the page that shows a link, this once.
type readerLink struct {
	frame
	Funder central.Funder
	Name   string
	Link   string
}

func (s *Site) inviteReader(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page, err := s.oneFunder(r, a)
	if err != nil {
		return err
	}
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	page.Reader = typed.Get("reader")
	token, err := s.central.InviteReader(r.Context(), a, page.Funder.ID, page.Reader)
	switch {
	case errors.Is(err, central.ErrName):
		page.Unable = page.T("release.readers.fault.name")
	case errors.Is(err, central.ErrTaken):
		page.Unable = page.T("release.readers.fault.taken")
	case errors.Is(err, central.ErrTooMany):
		page.Unable = page.T("release.readers.fault.toomany", "Max", central.MaxReaders)
	case err != nil:
		return err
	default:
		scheme := "http"
		if s.secure {
			scheme = "https"
		}
		link := (&url.URL{Scheme: scheme, Host: r.Host, Path: "/reader/" + token}).String()
		return s.show(w, http.StatusOK, "readerlink", readerLink{s.frame(r, "release.readers.ready"), page.Funder, page.Reader, link})
	}
	return s.show(w, http.StatusUnprocessableEntity, "funder", page)
}

func (s *Site) removeReader(w http.ResponseWriter, r *http.Request, a central.Account) error {
	f, err := s.ownFunder(r, a)
	if err != nil {
		return err
	}
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	if err := s.central.RemoveReader(r.Context(), a, f.ID, typed.Get("reader")); err != nil {
		return err
	}
	http.Redirect(w, r, fmt.Sprintf("/funders/%d", f.ID), http.StatusSeeOther)
	return nil
}

// readerForm is the page of a reader's one-time link.
type readerForm struct {
	frame
	Token string
	For   central.ReaderInvitation
	Fault string
}

func (s *Site) showReaderInvitation(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	in, err := s.central.ReaderInvitation(r.Context(), token)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "reader", readerForm{frame: s.frame(r, "dashboard.invitation.title"), Token: token, For: in})
}

func (s *Site) acceptReader(w http.ResponseWriter, r *http.Request) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	session, err := s.central.AcceptReader(r.Context(), token, typed.Get("password"), s.from(r))
	if err == nil {
		s.keepSession(w, session)
		http.Redirect(w, r, "/release", http.StatusSeeOther)
		return nil
	}
	page := readerForm{frame: s.frame(r, "dashboard.invitation.title"), Token: token}
	var refused *central.PasswordError
	switch {
	case errors.Is(err, central.ErrCredentials):
		page.Fault = page.T("dashboard.signin.wrong")
	case errors.As(err, &refused):
		page.Fault = page.T("dashboard.password.refused."+string(refused.Reason), "Min", central.MinPassword)
	default:
		return err
	}
	if page.For, err = s.central.ReaderInvitation(r.Context(), token); err != nil {
		return err
	}
	return s.show(w, http.StatusUnprocessableEntity, "reader", page)
}
