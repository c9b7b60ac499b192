package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Tongue speaks one language of the catalogue: texts, numbers, days and times
// as its readers write them. Digits are 0 to 9 in every language, as Arabic
// readers in The Hague know them.
type Tongue struct {
	lang      string
	localizer *i18n.Localizer
}

func newTongue(bundle *i18n.Bundle, lang string) Tongue {
	return Tongue{lang: lang, localizer: i18n.NewLocalizer(bundle, lang, Default)}
}

// Lang is the tag for the lang attribute: "nl", "en", "tr" or "ar".
func (t Tongue) Lang() string { return t.lang }

// Dir is the writing direction for the dir attribute: "ltr" or "rtl".
func (t Tongue) Dir() string {
	if t.lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// T returns the text id with data filled in ({{.Name}} and the like; nil when
// it holds none). A text that this language lacks comes in Dutch, and one that
// exists nowhere comes as its id: never nothing.
func (t Tongue) T(id string, data map[string]any) string {
	return t.say(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// N returns the text id in the plural form that goes with count, which stands
// in the text as {{.Count}}, written as [Tongue.Number] does.
func (t Tongue) N(id string, count int, data map[string]any) string {
	filled := map[string]any{"Count": t.Number(count)}
	for k, v := range data {
		filled[k] = v
	}
	return t.say(id, &i18n.LocalizeConfig{MessageID: id, TemplateData: filled, PluralCount: count})
}

func (t Tongue) say(id string, cfg *i18n.LocalizeConfig) string {
	// The error says that Dutch stood in, or that even Dutch has none; either
	// way a page must show something, and the catalogue's test has the fault.
	text, _ := t.localizer.Localize(cfg)
	if strings.TrimSpace(text) == "" {
		return id
	}
	return text
}

// Number writes n with this language's mark between thousands.
func (t Tongue) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	mark := "."
	if t.lang == "en" {
		mark = ","
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Date writes the civil day of at, in at's own zone, without the weekday:
// "3 maart 2026".
func (t Tongue) Date(at time.Time) string {
	return t.T("calendar.date", map[string]any{
		"Day": at.Day(), "Month": t.Month(at.Month()), "Year": at.Year(),
	})
}

// Today writes the day of at as a clock on the wall would: "dinsdag 3 maart".
func (t Tongue) Today(at time.Time) string {
	return t.T("calendar.today", map[string]any{
		"Weekday": t.Weekday(at.Weekday()), "Day": at.Day(), "Month": t.Month(at.Month()),
	})
}

// Month is the name of a month as it stands inside a date.
func (t Tongue) Month(m time.Month) string {
	return t.T("calendar.month."+strings.ToLower(m.String()), nil)
}

// Weekday is the name of a day of the week as it stands inside a sentence.
func (t Tongue) Weekday(d time.Weekday) string {
	return t.T("calendar.weekday."+strings.ToLower(d.String()), nil)
}

// Clock writes the time of day of at, in at's own zone, on 24 hours: "14:05".
func (t Tongue) Clock(at time.Time) string { return at.Format("15:04") }

// Sign names a sign in words: "tulp, rood". Both are keys, as [Pictures] and
// [Colours] list them.
func (t Tongue) Sign(picture, colour string) string {
	return t.T("signs.named", map[string]any{"Picture": t.Picture(picture), "Colour": t.Colour(colour)})
}

// Picture is the word for a sign's picture.
func (t Tongue) Picture(picture string) string { return t.T("signs.picture."+picture, nil) }

// Colour is the word for a sign's colour.
func (t Tongue) Colour(colour string) string { return t.T("signs.colour."+colour, nil) }
