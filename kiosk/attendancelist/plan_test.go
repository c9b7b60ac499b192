package attendancelist_test

import (
	"errors"
	"maps"
	"reflect"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
)

// emptyRoom knows nobody on 24 November 2026; its visits are kept from 24
// October 2025.
func emptyRoom() attendancelist.Known {
	return attendancelist.Known{
		Today: today, People: map[string]attendancelist.Person{}, Guests: map[kiosk.DayPart]int{},
	}
}

func planOf(t *testing.T, room attendancelist.Known, rows ...attendancelist.Row) attendancelist.Plan {
	t.Helper()
	plan, err := attendancelist.NewPlan(rows, room)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestNewPlan_AddsWhatIsNotThereYet(t *testing.T) {
	monday := count.Date(2026, 11, 23)
	was := kiosk.DayPart{Day: monday, Part: count.PartMorning}
	room := emptyRoom()
	room.People["Anna"] = attendancelist.Person{Visits: map[kiosk.DayPart]bool{was: true}}
	plan := planOf(t, room,
		attendancelist.Row{Person: "Anna", Day: monday, Part: count.PartMorning},
		attendancelist.Row{Person: "Anna", Day: monday, Part: count.PartEvening},
		attendancelist.Row{Person: "Ben", Day: monday, Part: count.PartEvening},
		attendancelist.Row{Person: "Ben", Day: monday, Part: count.PartEvening},
	)
	evening := kiosk.DayPart{Day: monday, Part: count.PartEvening}
	if want := []attendancelist.Change{{DayPart: evening, Key: "Anna"}, {DayPart: evening, Key: "ben"}}; !reflect.DeepEqual(plan.Changes, want) {
		t.Errorf("changes %+v, want %+v", plan.Changes, want)
	}
	if want := (attendancelist.Summary{Rows: 4, Visits: 2, Known: 2, People: 1}); !reflect.DeepEqual(plan.Summary, want) {
		t.Errorf("report %+v, want %+v", plan.Summary, want)
	}
	if want := []attendancelist.Newcomer{{Key: "ben", Label: "Ben"}}; !reflect.DeepEqual(plan.New, want) {
		t.Errorf("new are %+v, want %+v", plan.New, want)
	}
}

// One label is written in many ways by spreadsheets; the person is the same.
func TestNewPlan_OneLabelInOtherBytes(t *testing.T) {
	plan := planOf(t, emptyRoom(),
		attendancelist.Row{Person: "Caf\u00e9 Anna", Day: today, Part: count.PartMorning},
		attendancelist.Row{Person: "Cafe\u0301  Anna", Day: today, Part: count.PartMorning},
		attendancelist.Row{Person: "Caf\u00e9\u00a0Anna", Day: today, Part: count.PartEvening},
	)
	if plan.People != 1 || plan.Visits != 2 || plan.Known != 1 {
		t.Errorf("%+v, want one person with two visits", plan.Summary)
	}
}

func TestNewPlan_SetsTheGuestsOfAList(t *testing.T) {
	at := kiosk.DayPart{Day: today - 1, Part: count.PartAfternoon}
	for _, tt := range []struct{ have, row, want int }{{0, 3, 3}, {2, 3, 1}, {3, 1, -2}, {3, 0, -3}, {2, 2, 0}, {0, 0, 0}} {
		room := emptyRoom()
		room.Guests[at] = tt.have
		row := attendancelist.Row{Day: at.Day, Part: at.Part, Guests: tt.row}
		plan := planOf(t, room, row, row) // a list may say so twice
		got := 0
		for _, c := range plan.Changes {
			got += c.Guests
		}
		if got != tt.want || plan.Guests != tt.want || len(plan.Changes) > 1 {
			t.Errorf("%d guests, the list says %d: %+v, want %+d", tt.have, tt.row, plan.Changes, tt.want)
		}
	}
}

func TestNewPlan_OldRowsOnlyTellWhenSomebodyWasSeen(t *testing.T) {
	old := count.Date(2025, 10, 23) // a day older than what is kept
	room := emptyRoom()
	room.People["Anna"] = attendancelist.Person{First: count.Date(2025, 9, 1), Last: count.Date(2025, 10, 1)}
	plan := planOf(t, room,
		attendancelist.Row{Person: "Anna", Day: count.Date(2025, 9, 20), Part: count.PartMorning}, // known already
		attendancelist.Row{Person: "Anna", Day: count.Date(2025, 8, 20), Part: count.PartMorning},
		attendancelist.Row{Person: "Ben", Day: old, Part: count.PartMorning},
		attendancelist.Row{Day: count.Date(2025, 7, 1), Part: count.PartMorning, Guests: 4},
		attendancelist.Row{Day: count.Date(2025, 6, 1), Part: count.PartMorning}, // nobody came
		attendancelist.Row{Person: "Ben", Day: old + 1, Part: count.PartMorning}, // the first day that is kept
	)
	want := map[string]attendancelist.Seen{
		"Anna": {First: count.Date(2025, 8, 1)},
		"ben":  {First: count.Date(2025, 10, 1), Last: old},
	}
	if !reflect.DeepEqual(plan.Seen, want) {
		t.Errorf("seen %+v, want %+v", plan.Seen, want)
	}
	if plan.Old != 5 || plan.FirstSeen != 2 || plan.Visits != 1 || plan.Guests != 0 {
		t.Errorf("%+v, want 5 old rows, 2 people known for longer and one visit", plan.Summary)
	}
	if plan.Newest != old {
		t.Errorf("somebody came until %s, want %s", plan.Newest, old)
	}
	if want := map[count.Day]bool{count.Date(2025, 9, 20): true, count.Date(2025, 8, 20): true, old: true}; !maps.Equal(plan.Recorded, want) {
		t.Errorf("recorded on %v, want the three days on which a person came", plan.Recorded)
	}
}

func TestNewPlan_RefusesWhatLiesAhead(t *testing.T) {
	_, err := attendancelist.NewPlan([]attendancelist.Row{{Line: 7, Person: "Anna", Day: today + 1, Part: count.PartMorning}}, emptyRoom())
	if !errors.Is(err, kiosk.ErrFuture) || err.Error() != "line 7: 2026-11-25: day lies ahead" {
		t.Errorf("tomorrow: %v", err)
	}
}

// TestNewPlan_RefusesAPartOfTodayThatHasNotBegun: nobody can have been there yet.
func TestNewPlan_RefusesAPartOfTodayThatHasNotBegun(t *testing.T) {
	row := func(line int, day count.Day, part count.Part) attendancelist.Row {
		return attendancelist.Row{Line: line, Person: "Anna", Day: day, Part: part}
	}
	list := []attendancelist.Row{
		row(2, today, count.PartMorning), row(3, today, count.PartAfternoon), row(4, today, count.PartEvening),
		row(5, today-1, count.PartEvening), {Line: 6, Day: today, Part: count.PartEvening, Guests: 2},
	}
	for now, want := range map[count.Part]string{
		count.PartMorning:   "line 3: notbegun \"middag\"\nline 4: notbegun \"avond\"\nline 6: notbegun \"avond\"",
		count.PartAfternoon: "line 4: notbegun \"avond\"\nline 6: notbegun \"avond\"",
		count.PartEvening:   "", "": "",
	} {
		room := emptyRoom()
		room.Now = now
		_, err := attendancelist.NewPlan(list, room)
		if said := ""; err != nil {
			if said = err.Error(); said != want || !errors.Is(err, attendancelist.ErrList) {
				t.Errorf("in the %s: %v", now, err)
			}
		} else if want != "" {
			t.Errorf("in the %s nothing is refused", now)
		}
	}
}
