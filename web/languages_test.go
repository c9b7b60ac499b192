package web_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.org/inloop/web"
	"example.org/inloop/web/webtest"
)

// list is the languages offered, in their order.
func list(c *web.Translations) string {
	var all []string
	for _, l := range c.Languages() {
		all = append(all, l.Lang())
	}
	return strings.Join(all, " ")
}

func TestTranslations_OffersTheLanguagesThatHaveFiles(t *testing.T) {
	house := webtest.Translations(t)
	for _, lang := range []string{"nl", "en", "tr", "ar"} {
		if !house.Has(lang) {
			t.Errorf("the house does not offer %s", lang)
		}
	}
	files, err := fs.Glob(web.TranslationFiles(), "door.*.toml")
	if err != nil || len(files) != len(house.Languages()) {
		t.Errorf("the house offers %q, its files are %q (%v)", list(house), files, err)
	}
	// The house's own first, then by their own names, script by script. What the
	// house has since is not asked for.
	twelve, want := webtest.Translations(t, webtest.Eight()...), "nl en pap pl pt so tr uk he ar fa ti"
	known := strings.Fields(want)
	got := slices.DeleteFunc(strings.Fields(list(twelve)), func(lang string) bool { return !slices.Contains(known, lang) })
	if !slices.Equal(got, known) {
		t.Errorf("with eight more: %q, want %q", got, known)
	}
	const none = "qaa" // a tag that no language will ever have
	for _, tt := range []struct{ asked, lang string }{
		{"fa", "fa"}, {"fa-AF", "fa"}, {"pt-BR", "pt"}, {"he-IL", "he"}, {none, "nl"},
	} {
		if got := twelve.In(tt.asked).Lang(); got != tt.lang {
			t.Errorf("%q gets %s, want %s", tt.asked, got, tt.lang)
		}
	}
	if twelve.Has(none) || twelve.Has("fa-AF") || !twelve.Has("fa") {
		t.Error("Has goes by something else than the tags of the files")
	}
}

func TestTranslations_ALanguageBringsNameDirectionAndNumbers(t *testing.T) {
	c := webtest.Translations(t, webtest.Eight()...)
	for _, tt := range []struct{ lang, name, dir, number string }{
		{"fa", "فارسی", "rtl", "12,345"}, // by itself it would write ۱۲٬۳۴۵
		{"he", "עברית", "rtl", "12,345"},
		{"uk", "Українська", "ltr", "12\u00a0345"},
		{"pt", "Português", "ltr", "12.345"},
	} {
		l := c.In(tt.lang)
		if l.Name() != tt.name || l.Dir() != tt.dir || l.Number(12345) != tt.number {
			t.Errorf("%s: %q, %s, %q; want %q, %s, %q", tt.lang, l.Name(), l.Dir(), l.Number(12345), tt.name, tt.dir, tt.number)
		}
	}
}

func TestReadTranslations_SaysWhichFileIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(fstest.MapFS)
		want   string
	}{
		{"an area is missing", func(f fstest.MapFS) { delete(f, "desk.pl.toml") }, "language pl has the areas"},
		{"the house's language is missing", func(f fstest.MapFS) {
			for name := range f {
				if strings.HasSuffix(name, ".nl.toml") {
					delete(f, name)
				}
			}
		}, "nothing in nl"},
		{"no language in the name", func(f fstest.MapFS) { f["door.toml"] = f["door.nl.toml"] }, "door.toml: want"},
		{"no tag in the name", func(f fstest.MapFS) { f["door.polish.toml"] = f["door.nl.toml"] }, "door.polish.toml: want"},
		{"another case", func(f fstest.MapFS) { f["door.PL.toml"] = f["door.nl.toml"] }, "door.PL.toml: want"},
		{"no TOML", func(f fstest.MapFS) { f["desk.pl.toml"] = &fstest.MapFile{Data: []byte("[desk")} }, "read desk.pl.toml"},
		{"no name of its own", func(f fstest.MapFS) { f["door.pl.toml"] = &fstest.MapFile{Data: []byte("[door]\npage = \"Drzwi\"")} }, "language pl: its own name"},
		{"numbers as nobody writes them", func(f fstest.MapFS) {
			f["calendar.pl.toml"] = &fstest.MapFile{Data: []byte("[calendar]\nnumbers = \"1.000\"")}
		}, "language pl: calendar.numbers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := webtest.TranslationFiles(t, webtest.Eight()...)
			tt.change(files)
			if _, err := web.ReadTranslations(files); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func ExampleLocalizer() {
	translations, err := web.NewTranslations()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, lang := range []string{"nl", "en", "tr", "ar"} {
		l := translations.In(lang)
		fmt.Println(l.Lang(), l.Dir(), l.Number(12345), l.N("dashboard.notice.many", 2, nil))
	}
	// Output:
	// nl ltr 12.345 2 kamers melden zich niet. Kijk in de lijst van kamers.
	// en ltr 12,345 2 rooms are not reporting. See the list of rooms.
	// tr ltr 12.345 2 odadan haber yok. Oda listesine bakın.
	// ar rtl 12.345 غرفتان لا ترسلان شيئًا. انظر قائمة الغرف.
}
