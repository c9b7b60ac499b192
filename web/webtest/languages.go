package webtest

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pelletier/go-toml/v2"

	"example.org/inloop/web"
)

// MadeUpLanguage is made up for a test: it says in every text what the language From
// says, under a tag and a name of its own.
type MadeUpLanguage struct{ Tag, Name, From string }

// Eight are languages that a room in a Dutch city might want beside the four
// that there are: five scripts, two of them from right to left, and names longer
// than "Nederlands".
func Eight() []MadeUpLanguage {
	return []MadeUpLanguage{
		{"fa", "فارسی", "ar"}, {"he", "עברית", "ar"}, {"uk", "Українська", "tr"}, {"ti", "ትግርኛ", "en"},
		{"pt", "Português", "nl"}, {"pap", "Papiamentu", "nl"}, {"so", "Soomaali", "en"}, {"pl", "Polski", "tr"},
	}
}

// Translations are those of the house with these languages added.
func Translations(t testing.TB, added ...MadeUpLanguage) *web.Translations {
	t.Helper()
	c, err := web.ReadTranslations(TranslationFiles(t, added...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TranslationFiles are the files of texts with those of these languages added. The
// caller may change them.
func TranslationFiles(t testing.TB, added ...MadeUpLanguage) fstest.MapFS {
	t.Helper()
	house, files := web.TranslationFiles(), fstest.MapFS{}
	names, err := fs.Glob(house, "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(house, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
		for _, l := range added {
			if area, found := strings.CutSuffix(name, "."+l.From+".toml"); found {
				files[area+"."+l.Tag+".toml"] = &fstest.MapFile{Data: l.speak(t, text)}
			}
		}
	}
	return files
}

// speak makes a file of l from one of the language that it repeats.
func (l MadeUpLanguage) speak(t testing.TB, text []byte) []byte {
	t.Helper()
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	everyForm(tree)
	if door, ok := tree["door"].(map[string]any); ok {
		door["language"].(map[string]any)["self"] = l.Name
	}
	if calendar, ok := tree["calendar"].(map[string]any); ok {
		calendar["numbers"] = l.Tag
	}
	out, err := toml.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// everyForm gives every plural in a table all the forms that any language has.
func everyForm(table map[string]any) {
	forms := []string{"zero", "one", "two", "few", "many", "other"}
	if other, ok := table["other"].(string); ok {
		for _, form := range forms {
			if _, has := table[form]; !has {
				table[form] = other
			}
		}
	}
	for _, value := range table {
		if inner, ok := value.(map[string]any); ok {
			everyForm(inner)
		}
	}
}
