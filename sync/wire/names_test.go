package wire

import (
	"testing"

	"example.org/inloop/sync/count"
)

func TestRetired_OnlyInARequestOfVersionOne(t *testing.T) {
	for m, want := range map[count.Measure]bool{
		"reactivated": true, "returning": true, count.MeasureUnique: false, count.MeasureKnown: false, "names": false, "": false,
	} {
		c := Cell{Measure: m}
		if got := c.Retired(Version, count.Standard()); got != want {
			t.Errorf("%q in version 1: retired %t, want %t", m, got, want)
		}
		if c.Retired(Newest, count.Standard()) {
			t.Errorf("%q in version 2: retired, want it refused", m)
		}
	}
	none, err := count.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	if !(Cell{Measure: count.MeasureReachK}).Retired(Version, none) {
		t.Error("a measure that leaves the catalogue is not retired by that alone")
	}
}

func TestSendable_HoldsBackWhatAVersionHasNoNameFor(t *testing.T) {
	cells := []Cell{{Measure: count.MeasureUnique}, {Measure: count.MeasureKnown}, {Measure: count.MeasureRegular}, {Measure: count.MeasureOpen}}
	if got := Sendable(Newest, cells); len(got) != 4 {
		t.Errorf("in version 2: %v", got)
	}
	got := Sendable(Version, cells)
	if len(got) != 2 || got[0].Measure != count.MeasureUnique || got[1].Measure != count.MeasureOpen || cells[1].Measure != count.MeasureKnown {
		t.Errorf("in version 1: %v of %v", got, cells)
	}
}

// What a room does on a day came with version 2: a centre of version 1 is not asked.
func TestSendable_HoldsBackTheRoomsOwnDay(t *testing.T) {
	var own []Cell
	for _, d := range count.Standard().OfClass(count.ClassA) {
		if d.Counted() && !d.ByPart && d.Measure != count.MeasureOpen {
			own = append(own, Cell{Measure: d.Measure})
		}
	}
	if len(own) != 10 || len(Sendable(Version, own)) != 0 || len(Sendable(Newest, own)) != 10 {
		t.Errorf("of %d measures %d go to a version 1 centre", len(own), len(Sendable(Version, own)))
	}
}
