package dashboard_test

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
	"example.org/inloop/web"
	"example.org/inloop/web/dashboard/dashboardtest"
)

// eveningVisits is a measure that the house does not have: one entry.
func eveningVisits(t *testing.T) count.Catalogue {
	t.Helper()
	measures, err := count.Standard().With(count.Definition{
		Measure: "evening_visits_of_all", Class: count.ClassA, Periods: []count.PeriodKind{count.PeriodDay}, ByPart: true,
		Base: count.MeasureVisits, Key: "evening_visits",
	})
	if err != nil {
		t.Fatal(err)
	}
	return measures
}

// withTexts is the house's texts, and in each language the measure's name and its
// sentence.
func withTexts(t *testing.T) *web.Translations {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(web.TranslationFiles(), "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(web.TranslationFiles(), name)
		if err != nil {
			t.Fatal(err)
		}
		added := strings.NewReplacer(
			"[dashboard.measure]\n", "[dashboard.measure]\nevening_visits = \"Avondbezoeken\"\n",
			"[dashboard.definition]\n", "[dashboard.definition]\nevening_visits = \"Bezoeken in de avond.\"\n")
		files[name] = &fstest.MapFile{Data: []byte(added.Replace(string(text)))}
	}
	texts, err := web.ReadTranslations(files)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// A measure that is added to the catalogue, with its texts, is taken from the
// kiosk, stored, shown on the coordinator's page, explained, and written to the
// file; nothing else knows it.
func TestMeasure_AddedOnceIsEverywhere(t *testing.T) {
	v := dashboardtest.OpenWith(t, eveningVisits(t), withTexts(t)).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom("Hobbemaplein")
	k.Report(append(k.SoFar(dashboardtest.Midnight(2026, 11, 24), 3, 2, 1),
		k.Cell("2026-11-24", "evening_visits_of_all", count.PartEvening, 17)))
	wantWords(t, v.Page("/"), "Avondbezoeken 17")
	wantWords(t, v.Page(k.Path()), "Avondbezoeken 17")
	wantWords(t, v.Page("/definitions"), "Avondbezoeken Bezoeken in de avond.")
	lines := readCSV(t, v.Ask(http.MethodGet, "/csv", "").Body.Bytes())
	for _, want := range []string{
		";;alle kamers;2026-11-24;2026-11-24;;evening_visits_of_all;17;loopt nog;intern",
		";;alle kamers;2026-10-01;2026-12-31;avond;evening_visits_of_all;17;;intern",
	} {
		if !holds(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
}

// Days that a room ended before it knew the measure have no number of it: what is
// missing is never a zero. From the first day that it ended with one, no cell is
// a zero.
func TestMeasure_AddedLaterIsNoZeroBefore(t *testing.T) {
	v := dashboardtest.OpenWith(t, eveningVisits(t), withTexts(t)).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom("Hobbemaplein")
	k.Report(append(k.Day(dashboardtest.Midnight(2026, 11, 19), 3, 2, 1, true), k.SoFar(dashboardtest.Midnight(2026, 11, 24), 1, 0, 0)...))
	lines := readCSV(t, v.Ask(http.MethodGet, "/csv", "").Body.Bytes())
	for _, want := range []string{
		";;alle kamers;2026-11-19;2026-11-19;;evening_visits_of_all;;niet ontvangen;intern",
		";;alle kamers;2026-11-24;2026-11-24;;evening_visits_of_all;;niet ontvangen;intern",
		";;alle kamers;2026-10-01;2026-12-31;;evening_visits_of_all;;niet ontvangen;intern",
		";;alle kamers;2026-11-24;2026-11-24;;guests;0;loopt nog;intern",
	} {
		if !holds(lines, want) {
			t.Errorf("before the room knew it: no line %s", want)
		}
	}

	k.Report(append(k.Day(dashboardtest.Midnight(2026, 11, 20), 4, 0, 0, true), k.Cell("2026-11-20", "evening_visits_of_all", count.PartEvening, 5)))
	lines = readCSV(t, v.Ask(http.MethodGet, "/csv", "").Body.Bytes())
	for _, want := range []string{
		";;alle kamers;2026-11-19;2026-11-19;;evening_visits_of_all;;niet ontvangen;intern",
		";;alle kamers;2026-11-20;2026-11-20;;evening_visits_of_all;5;;intern",
		";;alle kamers;2026-11-24;2026-11-24;;evening_visits_of_all;0;loopt nog;intern",
	} {
		if !holds(lines, want) {
			t.Errorf("once the room knew it: no line %s", want)
		}
	}
}

// A centre that does not have it refuses that one cell, and takes the others.
func TestMeasure_UnknownIsRefusedAlone(t *testing.T) {
	n := int64(17)
	c := wire.Cell{Epoch: 1, Period: "2026-11-24", Measure: "evening_visits_of_all", Part: count.PartEvening, N: &n, Rev: 1}
	if err := c.Check(count.Standard(), 1); err == nil || !strings.Contains(err.Error(), string(wire.CodeBadMeasure)) {
		t.Errorf("%v, want %s", err, wire.CodeBadMeasure)
	}
	if err := c.Check(eveningVisits(t), 1); err != nil {
		t.Error(err)
	}
}
