package count

import (
	"errors"
	"slices"
	"testing"
)

func TestStandard_HasEveryMeasureOnce(t *testing.T) {
	c := Standard()
	if c.Empty() {
		t.Error("no definitions")
	}
	for _, d := range c.All() {
		if found, ok := c.Find(d.Measure); !ok || found.Measure != d.Measure {
			t.Errorf("%s is not found", d.Measure)
		}
		if d.Class != ClassA && d.ByPart || d.Class == ClassB && d.CountedOver(PeriodDay) || d.Class == ClassC && d.CountedOver(PeriodMonth) {
			t.Errorf("%s tells too much of one person: %+v", d.Measure, d)
		}
	}
	if open, _ := c.Find(MeasureOpen); open.Largest() != 1 {
		t.Errorf("open may be up to %d, want 1", open.Largest())
	}
	if _, ok := c.Find("names"); ok {
		t.Error("an unknown measure is found")
	}
}

func TestNewCatalogue_RefusesWhatTellsTooMuch(t *testing.T) {
	ok := Definition{Measure: "evening_visits", Class: ClassA, Periods: []PeriodKind{PeriodDay}}
	for name, change := range map[string]func(*Definition){
		"no name":              func(d *Definition) { d.Measure = "" },
		"no class":             func(d *Definition) { d.Class = 0 },
		"persons of a day":     func(d *Definition) { d.Class = ClassB },
		"answers of a month":   func(d *Definition) { d.Class, d.Periods = ClassC, []PeriodKind{PeriodMonth} },
		"parts of no day":      func(d *Definition) { d.ByPart, d.Periods = true, nil },
		"a base not there":     func(d *Definition) { d.Base = "mornings" },
		"a base of its own":    func(d *Definition) { d.Base = d.Measure },
		"a base of others":     func(d *Definition) { d.Base = MeasureUnique },
		"a measure there":      func(d *Definition) { d.Measure = MeasureGuests },
		"parts of the persons": func(d *Definition) { d.Class, d.ByPart, d.Periods = ClassB, true, []PeriodKind{PeriodYear} },
	} {
		d := ok
		change(&d)
		if _, err := Standard().With(d); !errors.Is(err, ErrDefinition) {
			t.Errorf("%s: %v, want ErrDefinition", name, err)
		}
	}
	if _, err := Standard().With(ok); err != nil {
		t.Error(err)
	}
}

func TestWith_LeavesTheCatalogueAsItWas(t *testing.T) {
	c := Standard()
	more, err := c.With(Definition{Measure: "evening_visits", Class: ClassA, Periods: []PeriodKind{PeriodDay}, Base: MeasureVisits})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Find("evening_visits"); ok || len(more.All()) != len(c.All())+1 {
		t.Error("the catalogue changed")
	}
	c.All()[0].Measure = "other"
	if c.All()[0].Measure != MeasureVisits {
		t.Error("its list can be changed from outside")
	}
}

func TestOutline_PartsFollowTheirBase(t *testing.T) {
	var got []Measure
	c, err := NewCatalogue(
		Definition{Measure: "visits", Class: ClassA}, Definition{Measure: "badges", Class: ClassA, Base: "visits"},
		Definition{Measure: "guests", Class: ClassA, Base: "visits"}, Definition{Measure: "open", Class: ClassA},
		Definition{Measure: "unique", Class: ClassB}, Definition{Measure: "children", Class: ClassA, Base: "guests"},
		Definition{Measure: "assumed", Class: ClassA, Base: "badges"}, Definition{Measure: "elders", Class: ClassA, Base: "guests"},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Outline(ClassA) {
		got = append(got, d.Measure)
	}
	want := []Measure{"visits", "badges", "assumed", "guests", "children", "elders", "open"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
