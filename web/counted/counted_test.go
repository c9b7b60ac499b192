package counted_test

import (
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/web"
	"example.org/inloop/web/counted"
)

func TestPage_SaysOfEachMeasureWhatItCounts(t *testing.T) {
	translations, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range translations.Languages() {
		page, err := counted.Page(l, count.Standard(), "silent")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range count.Standard().All() {
			if d.Key == "" {
				continue
			}
			if !strings.Contains(string(page), `id="`+d.Key+`"`) {
				t.Errorf("%s: nothing of %s", l.Lang(), d.Measure)
			}
		}
		if !strings.Contains(string(page), `id="silent"`) {
			t.Errorf("%s: a further word is not explained", l.Lang())
		}
		for _, key := range []string{"counted.", "dashboard.", "<no value>"} {
			if strings.Contains(string(page), key) {
				t.Errorf("%s: the page shows %q where a text belongs", l.Lang(), key)
			}
		}
	}
}

// What is counted is shown under a class, and a measure that is added is there at once.
func TestPage_FollowsTheCatalogue(t *testing.T) {
	translations, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	l := translations.In("en")
	one, err := count.NewCatalogue(count.Definition{Measure: count.MeasureReferred, Class: count.ClassA, Periods: []count.PeriodKind{count.PeriodDay}, Key: "referred"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := counted.Page(l, one)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), `id="referred"`) || strings.Contains(string(page), `id="visits"`) {
		t.Error("the page has other measures than the catalogue")
	}
}
