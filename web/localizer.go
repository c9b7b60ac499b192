package web

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/unicode/bidi"
)

// Localizer speaks one language of the translations: texts, numbers, days and times
// as its readers write them. Digits are 0 to 9 in every language, as Arabic
// readers in The Hague know them.
type Localizer struct {
	lang    string
	name    string
	dir     string
	texts   *i18n.Localizer
	numbers *message.Printer
}

// newLocalizer takes from the files of lang what is not a sentence: the name of
// the language, from whose letters its direction follows, and the tag by whose
// rules its numbers are written.
func newLocalizer(bundle *i18n.Bundle, lang string) (Localizer, error) {
	l := Localizer{lang: lang, texts: i18n.NewLocalizer(bundle, lang, DefaultLanguage)}
	name, err := l.texts.Localize(&i18n.LocalizeConfig{MessageID: "door.language.self"})
	if err != nil {
		return Localizer{}, fmt.Errorf("its own name: %w", err)
	}
	numbers, err := language.Parse(l.T("calendar.numbers", nil))
	if err != nil {
		return Localizer{}, fmt.Errorf("calendar.numbers: %w", err)
	}
	numbers, err = numbers.SetTypeForKey("nu", "latn")
	if err != nil {
		return Localizer{}, fmt.Errorf("digits of %s: %w", numbers, err)
	}
	l.name, l.dir, l.numbers = name, direction(name), message.NewPrinter(numbers)
	return l, nil
}

// direction is that of the first letter that has one.
func direction(text string) string {
	for _, r := range text {
		properties, _ := bidi.LookupRune(r)
		switch properties.Class() {
		case bidi.R, bidi.AL:
			return "rtl"
		case bidi.L:
			return "ltr"
		}
	}
	return "ltr"
}

// Lang is the BCP 47 tag for the lang attribute, such as "nl" or "ar".
func (l Localizer) Lang() string { return l.lang }

// Dir is the writing direction for the dir attribute: "ltr" or "rtl".
func (l Localizer) Dir() string { return l.dir }

// Name is the language's name in itself, as its readers look for it: "Türkçe".
func (l Localizer) Name() string { return l.name }

// T returns the text id with data filled in ({{.Name}} and the like; nil when
// it holds none). A text that this language lacks comes in Dutch, and one that
// exists nowhere comes as its id: never nothing. What is filled in cannot turn the
// words around it: see isolate.
func (l Localizer) T(id string, data map[string]any) string {
	return l.say(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// Say is T with the data as pairs of a name and a value, as a template has them.
func (l Localizer) Say(id string, pairs ...any) string {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return l.T(id, data)
}

// N returns the text id in the plural form that goes with count, which stands
// in the text as {{.Count}}, written as [Localizer.Number] does.
func (l Localizer) N(id string, count int, data map[string]any) string {
	filled := map[string]any{"Count": l.Number(count)}
	maps.Copy(filled, data)
	return l.say(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: filled, PluralCount: count})
}

func (l Localizer) say(id string, cfg *i18n.LocalizeConfig) string {
	cfg.TemplateData = isolated(cfg.TemplateData, l.dir)
	// The error says that Dutch stood in, or that even Dutch has none; either
	// way a page must show something, and the test of the translations has the fault.
	text, _ := l.texts.Localize(cfg)
	if strings.TrimSpace(text) == "" {
		return id
	}
	return text
}

// Number writes n with this language's mark between thousands: "12.345".
func (l Localizer) Number(n int) string { return l.numbers.Sprint(number.Decimal(n)) }

// Date writes the civil day of at, in at's own zone, without the weekday:
// "3 maart 2026".
func (l Localizer) Date(at time.Time) string {
	return l.T("calendar.date", map[string]any{
		"Day": at.Day(), "Month": l.Month(at.Month()), "Year": at.Year(),
	})
}

// Today writes the day of at as a clock on the wall would: "dinsdag 3 maart".
func (l Localizer) Today(at time.Time) string {
	return l.T("calendar.today", map[string]any{
		"Weekday": l.Weekday(at.Weekday()), "Day": at.Day(), "Month": l.Month(at.Month()),
	})
}

// Month is the name of a month as it stands inside a date.
func (l Localizer) Month(m time.Month) string {
	return l.T("calendar.month."+strings.ToLower(m.String()), nil)
}

// Weekday is the name of a day of the week as it stands inside a sentence.
func (l Localizer) Weekday(d time.Weekday) string {
	return l.T("calendar.weekday."+strings.ToLower(d.String()), nil)
}

// Clock writes the time of day of at, in at's own zone, on 24 hours: "14:05".
func (l Localizer) Clock(at time.Time) string { return at.Format("15:04") }

// Sign names a sign in words: "tulp, rood". Both are keys: pictures as
// kiosk.Pictures lists them, and colours as tokens.css has them.
func (l Localizer) Sign(picture, colour string) string {
	return l.T("signs.named", map[string]any{"Picture": l.Picture(picture), "Colour": l.Colour(colour)})
}

// Picture is the word for a sign's picture.
func (l Localizer) Picture(picture string) string { return l.T("signs.picture."+picture, nil) }

// Colour is the word for a sign's colour.
func (l Localizer) Colour(colour string) string { return l.T("signs.colour."+colour, nil) }
