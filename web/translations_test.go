package web

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"

	"example.org/inloop/kiosk"
)

func newTranslations(t *testing.T) *Translations {
	t.Helper()
	c, err := NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// entry is one entry of a translation file: its plural forms, or only "".
type entry map[string]string

var forms = []string{"zero", "one", "two", "few", "many", "other"}

// messages reads the translation files by themselves: language, then id.
func messages(t *testing.T) map[string]map[string]entry {
	t.Helper()
	all := map[string]map[string]entry{}
	names, err := fs.Glob(translations, "translations/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		parts := strings.Split(path.Base(name), ".")
		if len(parts) != 3 || parts[1] == "" {
			t.Fatalf("%s: want <area>.<language>.toml", name)
		}
		area, lang := parts[0], parts[1]
		raw, err := fs.ReadFile(translations, name)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := toml.Unmarshal(raw, &tree); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if all[lang] == nil {
			all[lang] = map[string]entry{}
		}
		for top := range tree {
			if top != area {
				t.Errorf("%s: table [%s] belongs to another area", name, top)
			}
		}
		flatten(all[lang], "", tree)
	}
	return all
}

func flatten(into map[string]entry, prefix string, tree map[string]any) {
	for key, value := range tree {
		id := strings.TrimPrefix(prefix+"."+key, ".")
		switch v := value.(type) {
		case string:
			into[id] = entry{"": v}
		case map[string]any:
			if m, ok := plural(v); ok {
				into[id] = m
			} else {
				flatten(into, id, v)
			}
		}
	}
}

func plural(table map[string]any) (entry, bool) {
	m := entry{}
	for key, value := range table {
		text, isText := value.(string)
		if !isText || !slices.Contains(forms, key) {
			return nil, false
		}
		m[key] = text
	}
	return m, len(m) > 0
}

func TestTranslations_EveryTextInEveryLanguage(t *testing.T) {
	all := messages(t)
	for lang := range all {
		for id := range all[DefaultLanguage] {
			if _, ok := all[lang][id]; !ok {
				t.Errorf("%s lacks %s", lang, id)
			}
		}
		for id, m := range all[lang] {
			if _, ok := all[DefaultLanguage][id]; !ok {
				t.Errorf("%s has %s, which Dutch has not", lang, id)
			}
			for form, text := range m {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s %s is empty", lang, id, form)
				}
			}
		}
	}
}

// CLDR asks for other forms in each language; go-i18n gives an error where one
// that a number calls for is missing.
func TestTranslations_EveryPluralFormThatTheLanguageHas(t *testing.T) {
	all, c := messages(t), newTranslations(t)
	counts := []int{1_000, 10_000, 100_000, 1_000_000}
	for n := range 211 {
		counts = append(counts, n)
	}
	for _, l := range c.Languages() {
		lang := l.Lang()
		for id, dutch := range all[DefaultLanguage] {
			if _, plain := dutch[""]; plain {
				continue
			}
			for _, n := range counts {
				_, err := l.texts.Localize(&i18n.LocalizeConfig{
					MessageID: id, PluralCount: n, TemplateData: map[string]any{"Count": n},
				})
				if err != nil {
					t.Errorf("%s: %s with %d: %v", lang, id, n, err)
					break
				}
			}
		}
	}
}

// A gap such as {{.Name}} that one language lacks loses the name there.
func TestTranslations_TheSameGapsInEveryLanguage(t *testing.T) {
	gap := regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)
	gaps := func(m entry) string {
		var found []string
		for _, text := range m {
			for _, g := range gap.FindAllStringSubmatch(text, -1) {
				// "one visit" needs no figure.
				if g[1] != "Count" && !slices.Contains(found, g[1]) {
					found = append(found, g[1])
				}
			}
			if left := gap.ReplaceAllString(text, ""); strings.Contains(left, "{{") {
				found = append(found, "malformed: "+left)
			}
		}
		slices.Sort(found)
		return strings.Join(found, " ")
	}
	all := messages(t)
	for lang := range all {
		for id, m := range all[lang] {
			if got, want := gaps(m), gaps(all[DefaultLanguage][id]); got != want {
				t.Errorf("%s: %s fills %q, Dutch %q", lang, id, got, want)
			}
		}
	}
}

func TestTranslations_NoComputerWordsForResidentsAndVolunteers(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\b(sync\w*|server\w*|error|database|login|log in|inloggen)\b`)
	for lang, ids := range messages(t) {
		for id, m := range ids {
			if strings.HasPrefix(id, "dashboard.") {
				continue
			}
			for _, text := range m {
				if word := bad.FindString(text); word != "" {
					t.Errorf("%s: %s says %q", lang, id, word)
				}
			}
		}
	}
}

func TestLocalizer_NeverNothing(t *testing.T) {
	c := newTranslations(t)
	for _, lang := range []string{"nl", "tr", "xx", ""} {
		if got := c.In(lang).T("no.such.text", nil); got != "no.such.text" {
			t.Errorf("%s: a text that is nowhere came as %q", lang, got)
		}
	}
}

func TestTranslations_TheNearestLanguage(t *testing.T) {
	c := newTranslations(t)
	for _, tt := range []struct{ asked, lang, dir string }{
		{"nl", "nl", "ltr"}, {"ar-MA", "ar", "rtl"}, {"TR", "tr", "ltr"}, {"en-GB", "en", "ltr"},
		{"fr", "nl", "ltr"}, {"", "nl", "ltr"}, {"arn", "nl", "ltr"},
	} {
		if got := c.In(tt.asked); got.Lang() != tt.lang || got.Dir() != tt.dir {
			t.Errorf("%q: got %s %s, want %s %s", tt.asked, got.Lang(), got.Dir(), tt.lang, tt.dir)
		}
	}
}

func TestLocalizer_NumbersDaysAndTimes(t *testing.T) {
	at := time.Date(2026, time.March, 3, 9, 5, 0, 0, time.UTC)
	for _, tt := range []struct{ lang, number, date, today, clock string }{
		{"nl", "12.345", "3 maart 2026", "dinsdag 3 maart", "09:05"},
		{"en", "12,345", "3 March 2026", "Tuesday 3 March", "09:05"},
		{"tr", "12.345", "3 Mart 2026", "3 Mart Salı", "09:05"},
		{"ar", "12.345", "3 مارس 2026", "الثلاثاء 3 مارس", "09:05"},
	} {
		in := newTranslations(t).In(tt.lang)
		got := [...]string{in.Number(12345), in.Date(at), in.Today(at), in.Clock(at)}
		if want := [...]string{tt.number, tt.date, tt.today, tt.clock}; got != want {
			t.Errorf("%s: got %q, want %q", tt.lang, got, want)
		}
	}
	dutch := newTranslations(t).In("nl")
	for n, want := range map[int]string{0: "0", 7: "7", -7: "-7", 999: "999", 1000: "1.000", -1234567: "-1.234.567"} {
		if got := dutch.Number(n); got != want {
			t.Errorf("number %d: got %q, want %q", n, got, want)
		}
	}
}

func TestLocalizer_EverySignHasItsWords(t *testing.T) {
	for _, in := range newTranslations(t).Languages() {
		lang := in.Lang()
		seen := map[string]bool{}
		for _, p := range kiosk.Pictures() {
			for _, c := range kiosk.SignColours() {
				said := in.Sign(p, c)
				if strings.Contains(said, "signs.") || seen[said] {
					t.Errorf("%s: %s in %s is called %q", lang, p, c, said)
				}
				seen[said] = true
			}
		}
	}
	if got, want := newTranslations(t).In("nl").Sign("tulip", "red"), "tulp, rood"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func ExampleLocalizer_T() {
	translations, err := NewTranslations()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(translations.In("tr").T("door.welcome.named", map[string]any{"Name": "Deniz"}))
	// Output: Hoş geldiniz, Deniz!
}
