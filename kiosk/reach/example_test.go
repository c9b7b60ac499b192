package reach_test

import (
	"fmt"
	"slices"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// Visits go in and figures come out: exact, or withheld with the reason.
func Example() {
	monday := count.Date(2026, 1, 5)
	visits := []kiosk.Visit{
		{Person: 1, Day: monday, Part: count.PartMorning},
		{Person: 1, Day: monday + 7, Part: count.PartMorning},
		{Person: 2, Day: monday + 7, Part: count.PartEvening},
		{Day: monday + 7, Part: count.PartEvening, Band: kiosk.BandAdult}, // a guest
	}
	ledger := reach.Ledger{
		History: reach.NewHistory(slices.Values(visits), nil),
		// The room began on the day of the first visit: everybody is new.
		Openings: reach.Openings{Since: monday, Planned: func(d count.Day) bool { return d.Weekday() == time.Monday }},
	}

	f, err := ledger.Figures("2026Q1", count.Date(2026, 4, 8))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("visits", f.Visits.N, "of which by badge", f.BadgeVisits.N)
	fmt.Println("different people", f.Unique.N, "of whom new", f.New.N)
	// Output:
	// visits 4 of which by badge 3
	// different people 2 of whom new 2
}
