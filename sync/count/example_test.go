package count_test

import (
	"fmt"

	"example.org/inloop/sync/count"
)

// A measure is one entry: here evening visits, counted for each day.
func ExampleCatalogue_With() {
	measures, err := count.Standard().With(count.Definition{
		Measure: "evening_visits", Class: count.ClassA, Periods: []count.PeriodKind{count.PeriodDay},
		Base: count.MeasureVisits, Key: "evening_visits",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, _ := measures.Find("evening_visits")
	fmt.Printf("%s, class %c, a part of %s\n", d.Measure, d.Class, d.Base)
	fmt.Println(d.CountedOver(count.PeriodDay), d.CountedOver(count.PeriodMonth))
	// Output:
	// evening_visits, class A, a part of visits
	// true false
}

func ExamplePeriod_Days() {
	days, err := count.Period("2026Q4").Days()
	fmt.Println(days.First, days.Last, err)
	_, err = count.Period("2026-02-30").Days()
	fmt.Println(err)
	// Output:
	// 2026-10-01 2026-12-31 <nil>
	// no calendar period: "2026-02-30", want 2026-11-24, 2026-W48, 2026-11, 2026Q4 or 2026
}
