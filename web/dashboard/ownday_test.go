package dashboard_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/web/dashboard/dashboardtest"
)

// Hours are shown as hours, and a question that was passed over is said to be so.
func TestOwnDay_ShownWithWhatWasNotFilledIn(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	k := v.NewRoom("Hobbemaplein")
	unfilled := k.Cell("2026-11-20", count.MeasureVolunteers, count.PartNone, 0)
	unfilled.N = nil
	k.Report(append(append(k.Day(dashboardtest.Midnight(2026, 11, 19), 3, 2, 1, true), k.Day(dashboardtest.Midnight(2026, 11, 20), 3, 2, 1, true)...),
		k.Cell("2026-11-19", count.MeasureOpenMinutes, count.PartNone, 450), k.Cell("2026-11-20", count.MeasureOpenMinutes, count.PartNone, 75),
		k.Cell("2026-11-19", count.MeasureVolunteers, count.PartNone, 3), unfilled))
	wantWords(t, v.Page("/"), "Uren open 8:45")
	wantWords(t, v.Page("/"), "Vrijwilligers 3 1 dag niet ingevuld")
	lines := readCSV(t, v.Ask(http.MethodGet, "/csv", "").Body.Bytes())
	for _, want := range []string{
		";;alle kamers;2026-11-19;2026-11-19;;volunteers;3;;intern",
		";;alle kamers;2026-11-20;2026-11-20;;volunteers;;niet ingevuld;intern",
		";;alle kamers;2026-11-19;2026-11-19;;open_minutes;450;;intern",
	} {
		if !holds(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
}

// Each link to an explanation leads to one that is there.
func TestDefinitions_EachLinkLeadsThere(t *testing.T) {
	v := dashboardtest.Open(t).Coordinator("Stichting Zonnebloem", "nadia@zon.example")
	counts, _ := v.TwoRooms()
	explained := v.Page("/definitions")
	link := regexp.MustCompile(`href="/definitions#([a-z0-9_]+)"`)
	for _, target := range []string{"/", counts.Path(), "/?period=2026-10"} {
		links := link.FindAllStringSubmatch(v.Page(target), -1)
		if len(links) < 10 {
			t.Errorf("%s: %d links to explanations", target, len(links))
		}
		for _, l := range links {
			if !strings.Contains(explained, `id="`+l[1]+`"`) {
				t.Errorf("%s: nothing explains %s", target, l[1])
			}
		}
	}
}
