package kiosk_test

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

func TestGroupUndated(t *testing.T) {
	anna, ben := &kiosk.Resident{No: 1}, &kiosk.Resident{No: 2}
	day := count.Date(2026, 11, 24)
	visit := func(boot int64, since time.Duration, who *kiosk.Resident) kiosk.UndatedVisit {
		return kiosk.UndatedVisit{Boot: boot, Since: since, Person: who}
	}
	told := func(v kiosk.UndatedVisit) kiosk.UndatedVisit {
		v.Day, v.Part = day, count.PartMorning
		return v
	}
	for _, tt := range []struct {
		name   string
		visits []kiosk.UndatedVisit
		want   []int // visits of each group
	}{
		{"nobody", nil, nil},
		{"one after the other", []kiosk.UndatedVisit{visit(1, 0, anna), visit(1, time.Hour, nil), visit(1, 2*time.Hour, ben)}, []int{3}},
		{"a pause", []kiosk.UndatedVisit{visit(1, 0, anna), visit(1, 2*time.Hour, ben)}, []int{1, 1}},
		{"longer than a part of a day", []kiosk.UndatedVisit{
			visit(1, 0, nil), visit(1, time.Hour, nil), visit(1, 2*time.Hour, nil), visit(1, 3*time.Hour, nil), visit(1, 4*time.Hour, nil), visit(1, 5*time.Hour, nil),
		}, []int{5, 1}},
		{"a power cut between", []kiosk.UndatedVisit{visit(1, 0, anna), visit(2, time.Minute, ben)}, []int{1, 1}},
		{"a clock that told a day", []kiosk.UndatedVisit{visit(1, 0, anna), told(visit(1, time.Minute, ben))}, []int{1, 1}},
	} {
		groups := kiosk.GroupUndated(tt.visits)
		if len(groups) != len(tt.want) {
			t.Errorf("%s: %d groups, want %d", tt.name, len(groups), len(tt.want))
			continue
		}
		for i, g := range groups {
			if g.Visits != tt.want[i] || g.From > g.To {
				t.Errorf("%s: group %d is %+v, want %d visits", tt.name, i, g, tt.want[i])
			}
		}
	}
	twice := kiosk.GroupUndated([]kiosk.UndatedVisit{visit(1, 0, anna), visit(1, time.Hour, anna), visit(1, time.Hour, nil)})
	if len(twice) != 1 || twice[0].Visits != 3 || len(twice[0].People) != 1 {
		t.Errorf("anna twice and a guest: %+v", twice)
	}
}

func TestUndatedVisits_WithinTheDaysOfWhichTheyCanBe(t *testing.T) {
	for _, tt := range []struct {
		after, before count.Day
		want          bool
	}{
		{count.NoDay, count.NoDay, true}, {20, 30, true}, {5, 10, true}, {12, 13, true}, {15, 20, true}, {count.NoDay, 10, true}, {15, count.NoDay, true},
		{5, 9, false}, {16, 20, false}, {count.NoDay, 9, false}, {16, count.NoDay, false},
	} {
		days := count.Days{First: 10, Last: 15}
		if tt.after == 20 {
			days = count.Days{First: 25, Last: 25}
		}
		if got := (kiosk.UndatedVisits{After: tt.after, Before: tt.before}).Within(days); got != tt.want {
			t.Errorf("between %d and %d: %v", tt.after, tt.before, got)
		}
	}
}

func TestJoinWaiting_TellsAllInFewStretches(t *testing.T) {
	stretch := func(first, last count.Day, n int) kiosk.WaitingVisits {
		return kiosk.WaitingVisits{Days: count.Days{First: first, Last: last}, Visits: n}
	}
	all := []kiosk.WaitingVisits{stretch(30, 31, 1), stretch(10, 12, 2), stretch(20, 40, 3), stretch(10, 11, 4)}
	if got, want := kiosk.JoinWaiting(slices.Clone(all), 2), []kiosk.WaitingVisits{stretch(10, 11, 4), stretch(10, 40, 6)}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	all[0].Days.Last = count.NoDay
	if got, want := kiosk.JoinWaiting(all, 3), []kiosk.WaitingVisits{stretch(10, 11, 4), stretch(10, 12, 2), stretch(20, count.NoDay, 4)}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := kiosk.JoinWaiting(nil, 3); len(got) != 0 {
		t.Errorf("%+v of none", got)
	}
}
