package central_test

import (
	"testing"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// pooled are what is shown of class C, by period.
func (s *server) pooled(t testing.TB, a central.Account) (periods []count.Period, by map[count.Period]central.PooledFigures) {
	t.Helper()
	all, err := s.Pooled(t.Context(), a)
	must(t, err)
	by = map[count.Period]central.PooledFigures{}
	for _, f := range all {
		periods = append(periods, f.Period)
		by[f.Period] = f
	}
	return periods, by
}

func TestPooled_AtEachState(t *testing.T) {
	s := newServer(t)
	a, rooms := three(t, s)
	reason := func(p count.Period) central.Absence {
		t.Helper()
		_, by := s.pooled(t, a)
		return by[p].Find(count.MeasureReachK).Reason
	}
	s.at(t, "2026-06-20 09:00")
	if periods, _ := s.pooled(t, a); len(periods) != 0 {
		t.Errorf("in the first quarter: %q", periods)
	}
	s.at(t, "2026-10-02 09:00")
	if got := reason("2026Q3"); got != central.AbsenceLater {
		t.Errorf("before the round: %q", got)
	}
	s.at(t, "2026-10-08 09:00")
	for range 6 {
		s.all(t, rooms)
	}
	_, by := s.pooled(t, a)
	f := by["2026Q3"]
	if r, shown := f.Reach(); !shown || r.K != 20 || f.Rooms != 3 || f.Told != "2026-10-08" {
		t.Errorf("after it: %+v", f)
	}
	s.at(t, "2027-03-23 09:00")
	periods, by := s.pooled(t, a)
	if len(periods) != 3 || periods[0] != "2026" || periods[1] != "2026Q4" || periods[2] != "2026Q3" {
		t.Errorf("periods %q", periods)
	}
	for _, p := range periods[:2] {
		if got := by[p].Find(count.MeasureReachN); got.Reason != central.AbsenceFailed {
			t.Errorf("%s after a round that gave nothing: %+v", p, got)
		}
	}
	if got := by["2026"].Find(count.MeasurePersonsEstimate); got.State != disclose.DisclosureWithheld {
		t.Errorf("an estimate of nothing: %+v", got)
	}
	if _, shown := by["2026Q3"].Pair(count.MeasureBackN, count.MeasureBackK); shown {
		t.Error("a quarter tells who came back")
	}
}

func TestPooled_TooFew(t *testing.T) {
	s := newServer(t)
	s.at(t, "2026-06-01 12:00")
	a := s.coordinator(t, "Stichting Een", "a@een.example")
	p := newPartner(t, s, a, 1, 39, 30, 10)
	s.at(t, "2026-10-08 09:00")
	for range 4 {
		s.turn(t, p)
	}
	_, by := s.pooled(t, a)
	for _, m := range []count.Measure{count.MeasureReachN, count.MeasureReachA, count.MeasureReachK} {
		if c := by["2026Q3"].Find(m); c.Reason != central.AbsenceTooFew || c.N != 0 {
			t.Errorf("%s: %+v", m, c)
		}
	}
}
