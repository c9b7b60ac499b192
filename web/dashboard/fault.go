package dashboard

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"example.org/inloop/sync/central"
)

// errForm is returned for a form that cannot be read.
var errForm = errors.New("malformed form")

// faults turns what a handler returned into a status and into the words of a
// page, dashboard.fault.<words>.title and .text. The first that fits is taken.
var faults = []struct {
	err    error
	status int
	words  string
}{
	{central.ErrNotFound, http.StatusNotFound, "missing"},
	{central.ErrRole, http.StatusForbidden, "role"},
	{central.ErrNoInvitation, http.StatusGone, "invitation"},
	{errPeriod, http.StatusNotFound, "missing"},
	{errForm, http.StatusBadRequest, "form"},
}

// fail answers with a plain page. A session that ended is no fault: the way in
// is shown, and after it the page that was asked for.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var wait *central.WaitError
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return // nobody is left to answer
	case errors.Is(err, central.ErrNoSession):
		s.toSignIn(w, r)
		return
	case errors.As(err, &large):
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "form")
		return
	case errors.As(err, &wait):
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.For.Seconds()))))
		s.refuse(w, r, http.StatusTooManyRequests, "wait")
		return
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			s.refuse(w, r, f.status, f.words)
			return
		}
	}
	s.log.Error("page not served", "route", r.Pattern, "err", err)
	s.refuse(w, r, http.StatusInternalServerError, "broken")
}

// toSignIn shows the way in. What a page asked for by itself gets a bare 401,
// on which the page asks anew as a whole.
func (s *Site) toSignIn(w http.ResponseWriter, r *http.Request) {
	s.dropSession(w)
	if byItself(r) {
		http.Error(w, "not signed in", http.StatusUnauthorized)
		return
	}
	target := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		target += "?" + url.Values{"back": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// refuse writes the plain page of a fault.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, status int, words string) {
	f := s.frame(r, "dashboard.fault."+words+".title")
	page := struct {
		frame
		Text string
	}{f, f.T("dashboard.fault." + words + ".text")}
	if err := s.show(w, status, "fault", page); err != nil {
		s.log.Error("page of a fault not served", "route", r.Pattern, "err", err)
		http.Error(w, http.StatusText(status), status)
	}
}
