package desk_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/web"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
)

const pin = "135792"

func TestMain(m *testing.M) { browser.Main(m) }

// clock is a clock that a test sets: a Tuesday afternoon at first.
type clock struct {
	mu sync.Mutex
	m  kiosk.Moment
}

func (c *clock) Now() kiosk.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m.Wall, c.m.Since = c.m.Wall.Add(d), c.m.Since+d
}

// room is a desk over a real store, with one volunteer who has a badge and PIN.
type room struct {
	t         testing.TB
	clock     *clock
	store     *sqlite.Store
	desk      *desk.Desk
	server    *httptest.Server
	volunteer int64
	log       *bytes.Buffer
	deeds     int
}

func open(t testing.TB, change ...func(*desk.Config)) *room {
	t.Helper()
	ctx := t.Context()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	r := &room{t: t, log: &bytes.Buffer{}}
	r.clock = &clock{m: kiosk.Moment{Wall: time.Date(2026, 11, 24, 14, 5, 0, 0, zone), Boot: "boot-1", Since: time.Hour}}
	week := map[time.Weekday][]kiosk.Hours{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		week[d] = []kiosk.Hours{{From: 9 * 60, Until: 17 * 60}}
	}
	times := kiosk.Timetable{Zone: zone, Week: week, Bounds: kiosk.DefaultBounds()}
	keys, err := sqlite.LoadKeys(filepath.Join(t.TempDir(), "room.key"))
	must(t, err)
	r.store, err = sqlite.Open(ctx, sqlite.Config{
		Dir: filepath.Join(t.TempDir(), "data"), Keys: keys, Clock: r.clock, Timetable: times, Capacity: 3,
		Log: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	t.Cleanup(func() { _ = r.store.Close() })

	words, err := web.NewCatalogue()
	must(t, err)
	conf := desk.Config{
		Store: r.store, Catalogue: words, Clock: r.clock, Timetable: times,
		Log:     slog.New(slog.NewTextHandler(&lockedWriter{w: r.log}, nil)),
		Changed: func() { r.deeds++ },
	}
	for _, c := range change {
		c(&conf)
	}
	r.desk = desk.New(conf)
	mux := http.NewServeMux()
	mux.Handle("/assets/", web.Assets())
	mux.Handle("/desk", r.desk.Handler())
	mux.Handle("/desk/", r.desk.Handler())
	r.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
		defer cancel()
		must(t, r.desk.Close(ctx))
		r.server.Close()
	})
	r.volunteer = r.engage("Gerda", 1)
	return r
}

// engage makes a volunteer with a badge and a PIN.
func (r *room) engage(name string, badge byte) int64 {
	r.t.Helper()
	ctx := r.t.Context()
	code, err := r.store.AddVolunteer(ctx, name)
	must(r.t, err)
	no, err := r.store.ClaimCode(ctx, code)
	must(r.t, err)
	must(r.t, r.store.GiveVolunteer(ctx, r.tap(badge), no))
	must(r.t, r.store.SetPIN(ctx, no, pin))
	return no
}

// tap lays an unknown badge on the reader and returns its number at the desk.
func (r *room) tap(badge byte) int64 {
	r.t.Helper()
	r.lay(badge)
	r.clock.pass(time.Second)
	v, err := r.store.View(r.t.Context())
	must(r.t, err)
	for _, b := range v.Badges {
		if r.clock.Now().Wall.Sub(b.Last) < 2*time.Second {
			return b.No
		}
	}
	r.t.Fatal("the tapped badge is not in the list")
	return 0
}

func (r *room) lay(badge byte) kiosk.Receipt {
	r.t.Helper()
	uid, err := kiosk.NewUID([]byte{0x04, badge, 1, 2, 3, 4, 5})
	must(r.t, err)
	receipt, err := r.store.CheckIn(r.t.Context(), kiosk.Tap{UID: uid, At: r.clock.Now()})
	must(r.t, err)
	return receipt
}

// resident makes a person without a badge.
func (r *room) resident(name, sign string) int64 {
	r.t.Helper()
	no, err := r.store.Enrol(r.t.Context(), r.volunteer, kiosk.Enrolment{
		Resident: kiosk.Resident{Name: name, Sign: kiosk.Sign(sign), Language: "nl"},
	})
	must(r.t, err)
	return no
}

func (r *room) view() kiosk.View {
	r.t.Helper()
	v, err := r.store.View(r.t.Context())
	must(r.t, err)
	return v
}

// visitor is somebody's browser without its eyes.
type visitor struct {
	*room
	http *http.Client
}

func (r *room) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	must(r.t, err)
	return &visitor{r, &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// answer is what came back: status, where it leads, and the body.
type answer struct {
	status int
	to     string
	body   string
}

func (v *visitor) do(method, path string, form url.Values, change ...func(*http.Request)) answer {
	v.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URL+path, body)
	must(v.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(req)
	}
	res, err := v.http.Do(req)
	must(v.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(v.t, err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(text)}
}

func (v *visitor) get(path string) answer { v.t.Helper(); return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, pairs ...string) answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

var askPattern = regexp.MustCompile(`name="ask" value="([^"]+)"`)

// try taps the volunteer's badge and types a PIN.
func (v *visitor) try(volunteer int64, pin string) answer {
	v.t.Helper()
	v.desk.Tapped(volunteer)
	m := askPattern.FindStringSubmatch(v.get("/desk").body)
	if m == nil {
		v.t.Fatal("no keypad after the tap")
	}
	return v.post("/desk/pin", "ask", m[1], "pin", pin)
}

// in signs the room's volunteer in.
func (v *visitor) in() *visitor {
	v.t.Helper()
	if a := v.try(v.volunteer, pin); a.status != http.StatusSeeOther {
		v.t.Fatalf("sign in: status %d, want 303: %s", a.status, a.body)
	}
	return v
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, text, want string) {
	t.Helper()
	if !strings.Contains(text, want) {
		t.Errorf("page lacks %q", want)
	}
}

func lacks(t *testing.T, text, not string) {
	t.Helper()
	if strings.Contains(text, not) {
		t.Errorf("page holds %q", not)
	}
}
