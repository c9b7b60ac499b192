package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"net/http"
	"sync"
	"time"

	"example.org/inloop/kiosk"
)

const (
	idleFor    = 15 * time.Minute // without a touch
	sessionFor = 8 * time.Hour    // in all
	firstFor   = 15 * time.Minute // from one-time code to PIN
	cookieName = "desk"
)

// key is the hash under which a session is kept: who reads the memory cannot
// make a cookie of it.
type key [sha256.Size]byte

// session is one signed-in volunteer, a newcomer on the way to a PIN, or, with
// hand set, a resident who holds the screen.
type session struct {
	volunteer int64
	began     kiosk.Moment
	used      kiosk.Moment
	note      note
	first     *first
	hand      *hand
	work      work // that was interrupted, until its page is opened again
}

// names tells whether the session may see names now.
func (s session) names() bool { return s.volunteer != 0 && s.first == nil && s.hand == nil }

// sessions are kept in memory alone.
type sessions struct {
	clock  kiosk.Clock
	mu     sync.Mutex
	byKey  map[key]*session
	halted map[key]*unfinished // that a resident's tap ended
}

func newSessions(c kiosk.Clock) *sessions {
	return &sessions{clock: c, byKey: map[key]*session{}, halted: map[key]*unfinished{}}
}

// open begins a session and returns the token for its cookie: at least 128
// random bits (ASVS 5, 7.2.3). at is what the volunteer was at before.
func (ss *sessions) open(volunteer int64, f *first, at work) string {
	token := rand.Text()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	now := ss.clock.Now()
	ss.byKey[sha256.Sum256([]byte(token))] = &session{volunteer: volunteer, began: now, used: now, first: f, work: at}
	return token
}

// find returns the session of r's cookie, if it has one that is not over; touch
// says that a person is at the page, which pushes the idle end forward.
func (ss *sessions) find(r *http.Request, touch bool) (key, session, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return key{}, session{}, false
	}
	k := key(sha256.Sum256([]byte(cookie.Value)))
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s, ok := ss.byKey[k]
	if !ok || ss.over(s) {
		delete(ss.byKey, k)
		return key{}, session{}, false
	}
	if touch {
		s.used = ss.clock.Now()
	}
	return k, *s, true
}

// change lets fn alter a session; one that has ended meanwhile is left so.
func (ss *sessions) change(k key, fn func(*session)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s, ok := ss.byKey[k]; ok {
		fn(s)
	}
}

// takeNote returns what is to be said of the last action, once.
func (ss *sessions) takeNote(k key) (n note) {
	ss.change(k, func(s *session) { n, s.note = s.note, note{} })
	return n
}

func (ss *sessions) end(k key) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.byKey, k)
}

// endAll ends every session that can see names or was handed to a resident, with
// all that was interrupted.
func (ss *sessions) endAll() {
	ss.interrupt()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	clear(ss.halted)
}

// sweep drops what is over and tells whether anything was.
func (ss *sessions) sweep() (any bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for k, s := range ss.byKey {
		if ss.over(s) {
			delete(ss.byKey, k)
			any = true
		}
	}
	now := ss.clock.Now()
	maps.DeleteFunc(ss.halted, func(_ key, u *unfinished) bool { return now.Sub(u.at) > unfinishedFor })
	return any
}

// showBadge marks that a newcomer laid a badge that is theirs already.
func (ss *sessions) showBadge(volunteer int64) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, s := range ss.byKey {
		if s.first != nil && s.volunteer == volunteer {
			f := *s.first
			f.badge = true
			s.first = &f
		}
	}
}

func (ss *sessions) over(s *session) bool {
	now := ss.clock.Now()
	if s.first != nil {
		return now.Sub(s.began) > firstFor
	}
	return now.Sub(s.used) > idleFor || now.Sub(s.began) > sessionFor
}

// setCookie gives the browser its token. SameSite=Strict keeps it from every
// other site; Secure comes with TLS.
func setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: cookieName, Value: token, Path: "/desk", HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c) //nolint:gosec // loopback only, so there is no TLS to ask for
}
