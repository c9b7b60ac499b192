package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"example.org/inloop/sync/central"
)

// form is a page with fields: what was typed and what was wrong with it.
type form struct {
	frame
	Name  string // typed before, shown again
	Back  string // where to go when it is done
	Fault string // in words, "" for none
	Token string
	For   central.Invitation
}

// readForm reads a form, or fails with errForm or *http.MaxBytesError.
func readForm(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	return r.PostForm, nil
}

// cookieName carries the __Host- prefix over https: no other host and no
// plain page can then set it (RFC 6265bis 4.1.3.2).
func (s *Site) cookieName() string {
	if s.secure {
		return "__Host-inloop"
	}
	return "inloop"
}

// session is the token that the request carries, "" for none.
func (s *Site) session(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// keepSession gives the browser a session's token until it is closed. Central
// ends the session earlier when nobody uses it.
func (s *Site) keepSession(w http.ResponseWriter, token string) {
	http.SetCookie(w, s.cookie(token, 0))
}

func (s *Site) dropSession(w http.ResponseWriter) { http.SetCookie(w, s.cookie("", -1)) }

func (s *Site) cookie(token string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode,
	}
}

// from is the address that a request came from, for counting tries. Where a
// proxy ends https, every connection is the proxy's: then it is the address
// that the proxy itself wrote, the last of X-Forwarded-For. What stands before
// that is the visitor's own tale.
func (s *Site) from(r *http.Request) string {
	if told := r.Header.Values("X-Forwarded-For"); s.secure && len(told) > 0 {
		hops := strings.Split(told[len(told)-1], ",")
		if ip, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			return ip.Unmap().String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

func (s *Site) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.central.Peek(r.Context(), s.session(r)); err == nil {
		http.Redirect(w, r, local(r.URL.Query().Get("back")), http.StatusSeeOther)
		return nil
	}
	f := s.frame(r, "dashboard.signin.title")
	return s.show(w, http.StatusOK, "signin", form{frame: f, Back: local(r.URL.Query().Get("back"))})
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	token, err := s.central.SignIn(r.Context(), typed.Get("name"), typed.Get("password"), s.from(r))
	if err != nil {
		page := form{frame: s.frame(r, "dashboard.signin.title"), Name: typed.Get("name"), Back: local(typed.Get("back"))}
		return s.again(w, "signin", page, err)
	}
	s.keepSession(w, token)
	http.Redirect(w, r, local(typed.Get("back")), http.StatusSeeOther)
	return nil
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	token := s.session(r)
	if token != "" {
		if err := s.central.SignOut(r.Context(), token); err != nil {
			return err
		}
		// Its pages are told to go before the answer leaves; they need no
		// longer than that to be gone.
		s.sockets.end(context.WithoutCancel(r.Context()), token)
	}
	s.dropSession(w)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

func (s *Site) showInvitation(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	invitation, err := s.central.Invitation(r.Context(), token)
	if err != nil {
		return err
	}
	f := s.frame(r, "dashboard.invitation.title")
	return s.show(w, http.StatusOK, "invitation", form{frame: f, Token: token, For: invitation})
}

func (s *Site) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	session, err := s.central.Accept(r.Context(), token, typed.Get("password"))
	if err != nil {
		var refused *central.PasswordError
		if !errors.As(err, &refused) {
			return err
		}
		invitation, lost := s.central.Invitation(r.Context(), token)
		if lost != nil {
			return lost
		}
		page := form{frame: s.frame(r, "dashboard.invitation.title"), Token: token, For: invitation}
		return s.again(w, "invitation", page, err)
	}
	s.keepSession(w, session)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *Site) showPassword(w http.ResponseWriter, r *http.Request, _ central.Account) error {
	return s.show(w, http.StatusOK, "password", form{frame: s.frame(r, "dashboard.password.title")})
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, a central.Account) error {
	typed, err := readForm(r)
	if err != nil {
		return err
	}
	session, err := s.central.ChangePassword(r.Context(), a, typed.Get("old"), typed.Get("password"), s.from(r))
	if err != nil {
		return s.again(w, "password", form{frame: s.frame(r, "dashboard.password.title")}, err)
	}
	s.sockets.end(context.WithoutCancel(r.Context()), s.session(r))
	s.keepSession(w, session)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// again shows a form once more with what was wrong; an error that no form can
// put right is returned.
func (s *Site) again(w http.ResponseWriter, name string, page form, err error) error {
	var refused *central.PasswordError
	switch {
	case errors.Is(err, central.ErrCredentials):
		page.Fault = page.T("dashboard.signin.wrong")
	case errors.As(err, &refused):
		page.Fault = page.T("dashboard.password.refused."+string(refused.Reason), "Min", central.MinPassword)
	default:
		return err
	}
	return s.show(w, http.StatusUnprocessableEntity, name, page)
}
