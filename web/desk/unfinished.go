package desk

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"example.org/inloop/kiosk"
)

const (
	returnFor     = 60 * time.Second // in which the badge alone brings a volunteer back
	unfinishedFor = 10 * time.Minute // in which badge and PIN bring the work back
	typedLimit    = 2 << 10          // bytes of what was typed
)

// unfinished is what a volunteer was at when a resident's tap took the screen. It
// lies in memory alone, under the hash of the cookie of that session: only the
// same browser and the same badge bring it back.
type unfinished struct {
	session session
	at      kiosk.Moment // when it was interrupted
	work    work
}

// work is a page and what was typed on it, as its script gave it and takes it back.
type work struct{ path, typed string }

// interrupt ends every session that can see names or was handed to a resident, and
// keeps what the first kind was at. It tells whether any was.
func (ss *sessions) interrupt() (any bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for k, s := range ss.byKey {
		if s.first != nil {
			continue
		}
		if s.names() && !ss.over(s) {
			ss.halted[k] = &unfinished{session: *s, at: ss.clock.Now()}
		}
		delete(ss.byKey, k)
		any = true
	}
	return any
}

// haltedBy is what was interrupted under r's cookie, with its key; nil for nothing.
func (ss *sessions) haltedBy(r *http.Request) (key, *unfinished) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return key{}, nil
	}
	k := key(sha256.Sum256([]byte(cookie.Value)))
	u := ss.halted[k]
	if u == nil || ss.clock.Now().Sub(u.at) > unfinishedFor {
		return key{}, nil
	}
	return k, u
}

// keepWork keeps what the page of an interrupted session was at; it says so once,
// while it is being left.
func (ss *sessions) keepWork(r *http.Request, w work) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if _, u := ss.haltedBy(r); u != nil && u.work.path == "" && ss.clock.Now().Sub(u.at) <= returnFor {
		u.work = w
	}
}

// goOn opens the interrupted session of r's cookie again, without a PIN, for the
// volunteer whose badge has just been tapped, and returns the page they were at.
func (ss *sessions) goOn(r *http.Request, volunteer int64) (path string, ok bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	k, u := ss.haltedBy(r)
	now := ss.clock.Now()
	if u == nil || u.session.volunteer != volunteer || now.Sub(u.at) > returnFor {
		return "", false
	}
	delete(ss.halted, k)
	s := u.session
	s.used, s.work = now, u.work
	if ss.over(&s) {
		return "", false
	}
	ss.byKey[k] = &s
	return s.work.place(), true
}

// takeUnfinished returns what the volunteer was at under r's cookie, once.
func (ss *sessions) takeUnfinished(r *http.Request, volunteer int64) work {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	k, u := ss.haltedBy(r)
	if u == nil || u.session.volunteer != volunteer {
		return work{}
	}
	delete(ss.halted, k)
	return u.work
}

// takeTyped returns what was typed on the page at path before, once. Work that lies
// elsewhere is over when another page is opened.
func (ss *sessions) takeTyped(k key, path string) (typed string) {
	ss.change(k, func(s *session) {
		if s.work.path == path {
			typed = s.work.typed
		}
		s.work = work{}
	})
	return typed
}

// place is where the work lies: the first page for none.
func (w work) place() string {
	if w.path == "" {
		return "/desk"
	}
	return w.path
}

// keepWork takes from a page that is being left what its volunteer was at. It
// answers nothing: who asks sees no names any more.
func (d *Desk) keepWork(w http.ResponseWriter, r *request) error {
	if err := r.form(w, "path", "typed"); err != nil {
		return err
	}
	at := work{r.PostForm.Get("path"), r.PostForm.Get("typed")}
	if !strings.HasPrefix(at.path, "/desk/") || len(at.path) > typedLimit || len(at.typed) > typedLimit {
		return errForm
	}
	d.sessions.keepWork(r.Request, at)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
