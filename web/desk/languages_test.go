package desk_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/desk"
	"example.org/inloop/web/desk/desktest"
	"example.org/inloop/web/screen"
	"example.org/inloop/web/webtest"
)

// buttons lists the languages of the buttons of a page that are given as attr.
func buttons(page, attr string) []string {
	var all []string
	for _, m := range regexp.MustCompile(attr+`="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestEnrol_OffersWhatTheDoorOffersAndNothingElse(t *testing.T) {
	t.Parallel()
	translations := webtest.Translations(t, webtest.Eight()...)
	door, err := screen.New(screen.Config{Translations: translations, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { must(t, door.Close(context.WithoutCancel(t.Context()))) })
	w := httptest.NewRecorder()
	door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/door", nil))
	want := buttons(w.Body.String(), "data-tongue")
	if len(want) != 12 {
		t.Fatalf("the door offers %v, want twelve", want)
	}

	r := desktest.Open(t, func(c *desk.Config) { c.Translations = translations })
	v := newVisitor(t, r).in()
	badge, person := r.Tap(9), r.Resident("", "tulip.red")
	for what, path := range map[string]string{
		"the person's page": fmt.Sprintf("/desk/person/%d", person),
		"a new badge's":     fmt.Sprintf("/desk/badge/%d?sign=teapot.red", badge),
	} {
		offered := buttons(v.get(path).body, `name="language" value`)
		if len(offered) < len(want) || !slices.Equal(offered[:len(want)], want) {
			t.Errorf("%s offers %v, the door %v", what, offered, want)
		}
	}
	for _, l := range []string{"fr", "fa-AF", "FA", ""} {
		if a := v.post(fmt.Sprintf("/desk/badge/%d", badge), "sign", "teapot.red", "language", l); a.status != http.StatusBadRequest {
			t.Errorf("enrolled in %q: status %d", l, a.status)
		}
		if a := v.post(fmt.Sprintf("/desk/person/%d/language", person), "language", l); a.status != http.StatusBadRequest {
			t.Errorf("changed to %q: status %d", l, a.status)
		}
	}
	v.post(fmt.Sprintf("/desk/badge/%d", badge), "sign", "teapot.red", "language", "fa")
	r.Clock.Pass(time.Hour)
	if g := r.Lay(9).Greeting; g.Language != "fa" {
		t.Errorf("greeted in %q, want fa", g.Language)
	}
}

func TestDefaultLanguage_IsThatOfTheTranslationsToo(t *testing.T) {
	if kiosk.DefaultLanguage != web.DefaultLanguage {
		t.Errorf("residents %q, pages %q", kiosk.DefaultLanguage, web.DefaultLanguage)
	}
}
