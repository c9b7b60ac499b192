package dashboard

import (
	"context"
	"net/http"

	"example.org/inloop/sync/central"
	"example.org/inloop/web"
)

// access says who may ask for a route.
type access int

const (
	accessAnybody     access = iota // the way in, and files without content
	accessAccount                   // who is signed in, and only about what is theirs to see
	accessCoordinator               // coordinators, and only about their own organisation
)

// route is one line of the list that makes up the site.
type route struct {
	pattern string // as http.ServeMux reads it
	access  access
	handler http.Handler
}

// routes is every address of the site.
func (s *Site) routes() []route {
	open := func(pattern string, h handle) route { return route{pattern, accessAnybody, s.open(h)} }
	read := func(pattern string, h handleOwn) route { return route{pattern, accessAccount, s.read(h)} }
	own := func(pattern string, h handleOwn) route { return route{pattern, accessCoordinator, s.own(h)} }
	return []route{
		open("GET /sign-in", s.showSignIn),
		open("POST /sign-in", s.signIn),
		open("POST /sign-out", s.signOut),
		open("GET /invitation/{token}", s.showInvitation),
		open("POST /invitation/{token}", s.acceptInvitation),
		open("GET /reader/{token}", s.showReaderInvitation),
		open("POST /reader/{token}", s.acceptReader),
		open("POST /language", s.chooseLanguage),
		read("GET /{$}", s.showStart),
		read("GET /release", s.showReleases),
		own("POST /release", s.makeRelease),
		read("GET /release/{organisation}/{period}", s.showRelease),
		read("GET /release/{organisation}/{period}/csv", s.exportRelease),
		read("GET /definitions", s.showDefinitions),
		read("GET /password", s.showPassword),
		read("POST /password", s.changePassword),
		own("GET /csv", s.exportAll),
		own("GET /rooms/{room}", s.showRoom),
		own("GET /rooms/{room}/csv", s.exportRoom),
		own("GET /pair", s.showPair),
		own("POST /pair", s.pair),
		own("GET /rooms/{room}/pair", s.showReplace),
		own("POST /rooms/{room}/pair", s.replace),
		own("GET /rooms/{room}/unpair", s.showUnpair),
		own("POST /rooms/{room}/unpair", s.unpair),
		own("GET /funders", s.showFunders),
		own("POST /funders", s.addFunder),
		own("GET /funders/{funder}", s.showFunder),
		own("POST /funders/{funder}", s.changeFunder),
		own("POST /funders/{funder}/remove", s.removeFunder),
		own("POST /funders/{funder}/readers", s.inviteReader),
		own("POST /funders/{funder}/readers/remove", s.removeReader),
		own("GET /live", s.follow),
		{"GET /dashboard/", accessAnybody, http.StripPrefix("/dashboard/", staticFiles())},
		{"GET /assets/", accessAnybody, web.Assets()},
		open("/", s.nowhere),
	}
}

// handle answers a request that anybody may make; what it returns is answered
// by fail.
type handle func(w http.ResponseWriter, r *http.Request) error

// handleOwn answers a request of the account that is signed in.
type handleOwn func(w http.ResponseWriter, r *http.Request, a central.Account) error

func (s *Site) open(h handle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// own lets coordinators in alone. What they may see of it central decides once more.
func (s *Site) own(h handleOwn) http.Handler {
	return s.read(func(w http.ResponseWriter, r *http.Request, a central.Account) error {
		if a.Role != central.RoleCoordinator {
			return central.ErrRole
		}
		return h(w, r, a)
	})
}

// read lets everybody in who is signed in.
func (s *Site) read(h handleOwn) http.Handler {
	return s.open(func(w http.ResponseWriter, r *http.Request) error {
		a, err := s.account(r.Context(), r)
		if err != nil {
			return err
		}
		r = r.WithContext(context.WithValue(r.Context(), accountKey{}, a))
		return h(w, r, a)
	})
}

// accountKey is where a request carries its account, for the frame of the page
// that answers it, also when that is a refusal.
type accountKey struct{}

// account asks central whose session the request carries. What a page does by
// itself is asked in a way that does not keep the session alive.
func (s *Site) account(ctx context.Context, r *http.Request) (central.Account, error) {
	if byItself(r) {
		return s.central.Peek(ctx, s.session(r))
	}
	return s.central.Session(ctx, s.session(r))
}

// byItself tells whether a page asked, and not a person.
func byItself(r *http.Request) bool {
	return r.URL.Path == "/live" || r.URL.Query().Has("fragment")
}

func (s *Site) nowhere(http.ResponseWriter, *http.Request) error { return central.ErrNotFound }
