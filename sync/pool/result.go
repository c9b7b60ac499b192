package pool

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// JointFigure is one number of a result.
type JointFigure struct {
	count.PoolItem
	disclose.Figure
}

// JointResult is what is told of a round, for ever.
type JointResult struct {
	Period    count.PoolPeriod
	Set       SetHash
	Figures   []JointFigure // those of Period.Told, in its order
	Signature []byte        // the teller's
}

// judge rounds the sums of all rooms' vectors, or withholds them.
func judge(period count.PoolPeriod, sums Vector) []JointFigure {
	items := period.Items()
	exact, offset := map[count.PoolItem]int64{}, map[count.PoolItem]disclose.Offset{}
	for i, item := range items {
		exact[item], offset[item] = int64(sums[i]), disclose.NewOffset(sums[len(items)+i])
	}
	for base, of := range map[count.Measure][2]count.Measure{
		count.MeasureSlipOutsideBase: {count.MeasureSlipOutsideYes, count.MeasureSlipOutsideNo},
		count.MeasureSlipHelpBase:    {count.MeasureSlipHelpYes, count.MeasureSlipHelpNo},
	} {
		yes, no := count.PoolItem{Period: period.Year(), Measure: of[0]}, count.PoolItem{Period: period.Year(), Measure: of[1]}
		all := count.PoolItem{Period: period.Year(), Measure: base}
		exact[all], offset[all] = exact[yes]+exact[no], disclose.NewOffset(uint64(offset[yes])+uint64(offset[no]))
	}
	var told []JointFigure
	persons := disclose.Figure{State: disclose.DisclosureWithheld} // of the year
	for _, group := range period.Groups() {
		figures := judgeGroup(group, exact, offset)
		switch group[0] {
		case count.PoolItem{Period: period.Year(), Measure: count.MeasureReachN}:
			persons = figures[0]
		case count.PoolItem{Period: period.Year(), Measure: count.MeasureBackN}, count.PoolItem{Period: period.Year(), Measure: count.MeasureHabitN}:
			figures = within(persons, figures)
		}
		for i, f := range figures {
			told = append(told, JointFigure{group[i], f})
		}
	}
	if year := period.Year(); year != "" {
		of := func(m count.Measure) int64 { return exact[count.PoolItem{Period: year, Measure: m}] }
		slips := [3]int64{of(count.MeasureSlipRooms1), of(count.MeasureSlipRooms2), of(count.MeasureSlipRooms3)}
		told = append(told, JointFigure{
			count.PoolItem{Period: year, Measure: count.MeasurePersonsEstimate},
			disclose.PersonsEstimate(of(count.MeasureReachN), slips, persons.State == disclose.DisclosureShown),
		})
	}
	return told
}

// within returns a pair as it is told beside the persons of whom its base is a part.
func within(persons disclose.Figure, pair []disclose.Figure) []disclose.Figure {
	if persons.State != disclose.DisclosureShown || pair[0].State != disclose.DisclosureShown {
		return pair
	}
	p, ok := disclose.Pair{Base: pair[0].N, K: pair[1].N}.Within(persons.N)
	if !ok {
		withheld := disclose.Figure{State: disclose.DisclosureWithheld}
		return []disclose.Figure{withheld, withheld}
	}
	return []disclose.Figure{disclose.FigureShown(p.Base), disclose.FigureShown(p.K)}
}

// judgeGroup returns the figures of one group: a triple, a pair, or the routes.
func judgeGroup(group []count.PoolItem, exact map[count.PoolItem]int64, offset map[count.PoolItem]disclose.Offset) []disclose.Figure {
	n, u := make([]int64, len(group)), make([]disclose.Offset, len(group))
	for i, item := range group {
		n[i], u[i] = exact[item], offset[item]
	}
	shown, ok := []int64(nil), false
	switch len(group) {
	case 2:
		var p disclose.Pair
		p, ok = disclose.Pair{Base: n[0], K: n[1]}.Shown(u[0], u[1])
		shown = []int64{p.Base, p.K}
	case 3:
		var r disclose.Reach
		r, ok = disclose.Reach{N: n[0], A: n[1], K: n[2]}.Shown(u[0], u[1], u[2])
		shown = []int64{r.N, r.A, r.K}
	default:
		return disclose.Routes(n, u, exact[count.PoolItem{Period: group[0].Period, Measure: count.MeasureRouteNotSaid}])
	}
	figures := make([]disclose.Figure, len(group))
	for i := range figures {
		figures[i].State = disclose.DisclosureWithheld
		if ok {
			figures[i] = disclose.FigureShown(shown[i])
		}
	}
	return figures
}

// text is what the teller signs.
func (r JointResult) text(organisation string) []byte {
	text := lines("inloop-pool-result-1", organisation, string(r.Period), r.Set.String())
	for _, f := range r.Figures {
		n := map[disclose.Disclosure]string{disclose.DisclosureSmall: "<", disclose.DisclosureWithheld: "-"}[f.State]
		if f.State == disclose.DisclosureShown {
			n = fmt.Sprint(f.N)
		}
		text = fmt.Appendf(text, "%s %s %s\n", f.Period, f.Measure, n)
	}
	return text
}

// Verify returns ErrResult unless the result has all figures of its period and was
// signed by that teller for that organisation.
func (r JointResult) Verify(organisation string, teller Identity) error {
	items, bare := make([]count.PoolItem, len(r.Figures)), false
	for i, f := range r.Figures {
		items[i] = f.PoolItem
		bare = bare || f.State != disclose.DisclosureShown && f.N != 0 // a number that nobody signed
	}
	switch {
	case bare, r.Period.Check() != nil || !slices.Equal(items, r.Period.Told()):
		return fmt.Errorf("%w: not the figures of %q", ErrResult, r.Period)
	case !ed25519.Verify(teller[:], r.text(organisation), r.Signature):
		return fmt.Errorf("%w: of %s", ErrResult, r.Period)
	}
	return nil
}

// Find returns a figure, withheld when it is none of the result's.
func (r JointResult) Find(item count.PoolItem) disclose.Figure {
	for _, f := range r.Figures {
		if f.PoolItem == item {
			return f.Figure
		}
	}
	return disclose.Figure{State: disclose.DisclosureWithheld}
}

// Reach returns the shown triple of a quarter or a year, false when it is withheld.
func (r JointResult) Reach(p count.Period) (disclose.Reach, bool) {
	n, a, k := r.Find(count.PoolItem{Period: p, Measure: count.MeasureReachN}),
		r.Find(count.PoolItem{Period: p, Measure: count.MeasureReachA}), r.Find(count.PoolItem{Period: p, Measure: count.MeasureReachK})
	return disclose.Reach{N: n.N, A: a.N, K: k.N}, n.State == disclose.DisclosureShown
}

// Pair returns a shown pair of the year, false when it is withheld.
func (r JointResult) Pair(base, part count.Measure) (disclose.Pair, bool) {
	b, k := r.Find(count.PoolItem{Period: r.Period.Year(), Measure: base}), r.Find(count.PoolItem{Period: r.Period.Year(), Measure: part})
	return disclose.Pair{Base: b.N, K: k.N}, b.State == disclose.DisclosureShown
}

// TooFew tells for each of Period.Groups whether it is withheld.
func (r JointResult) TooFew() []bool {
	groups := r.Period.Groups()
	few := make([]bool, len(groups))
	for i, g := range groups {
		few[i] = r.Find(g[0]).State == disclose.DisclosureWithheld
	}
	return few
}

// CheckOwn returns ErrBelowOwn when a shown number of persons cannot hold those that
// this room counted itself, by period.
func (r JointResult) CheckOwn(own map[count.Period]int64) error {
	for _, p := range r.Period.Periods() {
		if s, shown := r.Reach(p); shown && s.N+4 < own[p] {
			return fmt.Errorf("%w: about %d persons in %s", ErrBelowOwn, s.N, p)
		}
	}
	return nil
}
