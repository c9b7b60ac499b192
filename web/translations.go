package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

//go:embed translations/*.toml
var translations embed.FS

// DefaultLanguage is the language of the house: what a page speaks until it knows
// better, and what stands in for a text that another language lacks.
const DefaultLanguage = "nl"

// errTranslations says that the files make no whole set of texts.
var errTranslations = errors.New("malformed translations")

// Translations is every text of every face in every language. Its languages are
// those that its files are in: there is no other list. It never changes once
// made and may be used from any goroutine.
type Translations struct {
	languages []Localizer // as a page offers them; the first is DefaultLanguage
	matcher   language.Matcher
}

// NewTranslations reads the embedded texts. It fails only when one of the files is
// malformed, which a test would have found.
func NewTranslations() (*Translations, error) { return ReadTranslations(TranslationFiles()) }

// TranslationFiles are the embedded texts, a file <area>.<language>.toml for each
// area of the program in each language.
func TranslationFiles() fs.FS {
	files, err := fs.Sub(translations, "translations")
	if err != nil {
		panic(err) // "translations" is a valid path: it is the one embedded above
	}
	return files
}

// ReadTranslations reads the texts in the files <area>.<language>.toml of a folder,
// each language named by its BCP 47 tag. It fails on a file that is malformed or
// misnamed and on a language that has not the same areas as DefaultLanguage.
func ReadTranslations(files fs.FS) (*Translations, error) {
	areas, err := areasOf(files)
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.Make(DefaultLanguage))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	c := &Translations{}
	tags := slices.Sorted(maps.Keys(areas))
	for _, tag := range tags {
		has := areas[tag]
		if !slices.Equal(has, areas[DefaultLanguage]) {
			return nil, fmt.Errorf("%w: language %s has the areas %v, want %v: a file <area>.%s.toml for each", errTranslations, tag, has, areas[DefaultLanguage], tag)
		}
		for _, area := range has {
			if _, err := bundle.LoadMessageFileFS(files, fileName(area, tag)); err != nil {
				return nil, fmt.Errorf("read %s: %w", fileName(area, tag), err)
			}
		}
	}
	for _, tag := range tags {
		l, err := newLocalizer(bundle, tag)
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", tag, err)
		}
		c.languages = append(c.languages, l)
	}
	c.order()
	return c, nil
}

func fileName(area, tag string) string { return area + "." + tag + ".toml" }

// areasOf lists, by language, the areas that files has, in order of their names.
func areasOf(files fs.FS) (map[string][]string, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	areas := map[string][]string{}
	for _, name := range names {
		area, tag, _ := strings.Cut(strings.TrimSuffix(name, ".toml"), ".")
		if parsed, err := language.Parse(tag); err != nil || parsed.String() != tag {
			return nil, fmt.Errorf("%w: %s: want <area>.<language>.toml, the language as a BCP 47 tag", errTranslations, name)
		}
		areas[tag] = append(areas[tag], area)
	}
	if areas[DefaultLanguage] == nil {
		return nil, fmt.Errorf("%w: nothing in %s", errTranslations, DefaultLanguage)
	}
	return areas, nil
}

// order puts the house's language first and the others by their own names, each
// script together, as Unicode orders them: no language stands above another.
func (c *Translations) order() {
	letters := collate.New(language.Und)
	slices.SortFunc(c.languages, func(a, b Localizer) int {
		switch {
		case a.lang == DefaultLanguage:
			return -1
		case b.lang == DefaultLanguage:
			return 1
		}
		return letters.CompareString(a.name, b.name)
	})
	tags := make([]language.Tag, len(c.languages))
	for i, l := range c.languages {
		tags[i] = language.Make(l.lang)
	}
	c.matcher = language.NewMatcher(tags)
}

// Languages lists a localizer for each language, in the order in which a page
// offers them: the house's own first.
func (c *Translations) Languages() []Localizer { return slices.Clone(c.languages) }

// Has tells whether lang is the tag of one of the languages, to the letter.
func (c *Translations) Has(lang string) bool {
	return slices.ContainsFunc(c.languages, func(l Localizer) bool { return l.lang == lang })
}

// In returns the localizer for lang, a tag such as "tr" or "ar-MA". A language
// that the translations lack gets the nearest one or else Dutch.
func (c *Translations) In(lang string) Localizer {
	// What is no tag at all parses as "undetermined", which matches nothing and
	// so gets the first.
	_, i, _ := c.matcher.Match(language.Make(lang))
	return c.languages[i]
}
