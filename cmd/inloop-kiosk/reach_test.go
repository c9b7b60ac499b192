package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/kiosk/reach"
)

func TestPrintFigures_ANumberOrWhyThereIsNone(t *testing.T) {
	var out bytes.Buffer
	err := printFigures(&out, reach.Figures{
		Period: "2026Q3", Visits: reach.Value{N: 120}, BadgeVisits: reach.Value{N: 90}, Guests: reach.Value{N: 30},
		BadgeShare: reach.Share{Of: 0.75}, AtLeast: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2026Q3 at least: a backup was put back, visits may be missing",
		"visits 120", "badge_visits 90", "guests 30", "assumed 0", "unique 0", "new 0", "known 0", "regular 0",
		"badge_share 0.75",
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
	out.Reset()
	if err := printFigures(&out, reach.Withheld("2031-01", reach.ReasonAhead)); err != nil || bytes.Count(out.Bytes(), []byte("ahead: the period")) != 9 {
		t.Errorf("%v: of 9 measures not all say why:\n%s", err, &out)
	}
}
