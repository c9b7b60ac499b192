package web

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed translations/*.toml
var translations embed.FS

// Default is the language of the house: what a page speaks until it knows
// better, and what stands in for a text that another language lacks.
const Default = "nl"

// Languages lists the languages of the catalogue in the order in which a page
// offers them.
func Languages() []string { return []string{Default, "en", "tr", "ar"} }

// Catalogue is every text of every face in every language. It never changes
// once made and may be used from any goroutine.
type Catalogue struct {
	bundle *i18n.Bundle
}

// NewCatalogue reads the embedded texts. It fails only when one of the files is
// malformed, which a test would have found.
func NewCatalogue() (*Catalogue, error) {
	c := &Catalogue{bundle: i18n.NewBundle(language.Make(Default))}
	c.bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(translations, "translations/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	for _, name := range names {
		if _, err := c.bundle.LoadMessageFileFS(translations, name); err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
	}
	return c, nil
}

// In returns the localizer for lang, a tag such as "tr" or "ar-MA". A language
// that the catalogue has not gets the nearest one or else Dutch.
func (c *Catalogue) In(lang string) Localizer {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	for _, known := range Languages() {
		if base == known {
			return newLocalizer(c.bundle, known)
		}
	}
	return newLocalizer(c.bundle, Default)
}
