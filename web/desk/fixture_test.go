package desk_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/desk/desktest"
)

// visitor is somebody's browser without its eyes.
type visitor struct {
	*desktest.Fixture
	t    testing.TB
	http *http.Client
}

func newVisitor(t testing.TB, r *desktest.Fixture) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &visitor{r, t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
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
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.Server.URL+path, body)
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
	v.Desk.Tapped(volunteer)
	m := askPattern.FindStringSubmatch(v.get("/desk").body)
	if m == nil {
		v.t.Fatal("no keypad after the tap")
	}
	return v.post("/desk/pin", "ask", m[1], "pin", pin)
}

// in signs the room's volunteer in.
func (v *visitor) in() *visitor {
	v.t.Helper()
	if a := v.try(v.Volunteer, desktest.PIN); a.status != http.StatusSeeOther {
		v.t.Fatalf("sign in: status %d, want 303: %s", a.status, a.body)
	}
	return v
}

// own opens a person's data by a badge of theirs, and returns the page.
func (v *visitor) own(person int64, badge byte) answer {
	v.t.Helper()
	here := fmt.Sprintf("/desk/person/%d", person)
	if a := v.post(here + "/see"); a.to != here+"/data" {
		v.t.Fatalf("asking for a person's data: status %d to %q", a.status, a.to)
	}
	if receipt := v.Lay(badge); receipt != (kiosk.Receipt{}) {
		v.t.Fatalf("badge %d opens nothing: %+v", badge, receipt)
	}
	return v.get(here + "/data")
}

// badged gives a person a badge and opens their data by it.
func (v *visitor) badged(person int64, badge byte) answer {
	v.t.Helper()
	must(v.t, v.Store.AssignBadge(v.t.Context(), v.Volunteer, v.Tap(badge), person))
	v.Clock.Pass(time.Second)
	return v.own(person, badge)
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
