package dashboard

import (
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// reachPanel is what may be said of one quarter or year about residents with few
// contacts, over all rooms that were counted together. What may be said at all the rooms
// have decided: what is withheld never came here.
type reachPanel struct {
	Title    string
	Over     string   // over how many rooms, "" when nothing is said
	Sentence []string // whole sentences, none when there is nothing to say
	Notes    []string // how they are to be read
	Reason   string   // what is said instead
	Facts    []reachFact
	Routes   []fact
	Year     bool
}

// reachFact is one more figure of a year: a sentence, or why there is none.
type reachFact struct {
	Head, Text string
	Absent     bool
	Anchor     string // of its definition
}

// reachOf says what a period tells. It leads with the sentence that may be quoted; a
// page sets two periods side by side and never subtracts them.
func (f frame) reachOf(p central.PooledFigures) reachPanel {
	panel := reachPanel{Title: periodTitle(f.localizer, p.Period), Year: p.Period.Is(count.PeriodYear)}
	kind := "quarter"
	if panel.Year {
		kind = "year"
	}
	if p.Told != "" {
		panel.Over = f.T("release.joint.over", "Rooms", f.Num(int64(p.Rooms)), "Of", f.Num(int64(p.Due)))
	}
	reach, shown := p.Reach()
	if !shown {
		panel.Reason = f.jointReason(p.Find(count.MeasureReachK), "reach")
	} else {
		in := reach.Interval()
		panel.Sentence = []string{
			f.T("release.joint.said."+kind, "Few", f.Num(reach.K), "Visitors", f.Num(reach.N), "Answers", f.Num(reach.A)),
			f.T("release.joint.bounds."+kind, "Low", f.Num(in.Low), "High", f.Num(in.High)),
		}
		panel.Notes = append(panel.Notes, f.T("release.joint.rounded"))
	}
	if p.Told != "" {
		panel.Notes = append(panel.Notes,
			f.T("release.joint.perroom."+kind, "Rooms", f.Num(int64(p.Rooms)), "Of", f.Num(int64(p.Due)), "Date", f.dayOf(p.Told)))
	}
	if panel.Year && p.Told != "" {
		panel.Facts = f.yearFacts(p)
		panel.Routes = f.routes(p)
	}
	return panel
}

// panelPage hands a panel to the template that draws it.
type panelPage struct {
	frame
	Panel reachPanel
}

// Panel is panelPage of a page's own frame.
func (f frame) Panel(panel reachPanel) panelPage { return panelPage{f, panel} }

// dayOf writes a day of the calendar.
func (f frame) dayOf(day count.Period) string {
	first, _, err := day.Span()
	if err != nil {
		return string(day)
	}
	return f.localizer.Date(first.UTC())
}

// jointReason says why a figure of class C is not told: of what there are too few, and
// how many are needed.
func (f frame) jointReason(c central.ReleaseCell, of string) string {
	if c.Reason == central.AbsenceTooFew {
		return f.T("release.joint.few."+of, "Answers", f.Num(disclose.MinAnswers), "New", f.Num(disclose.MinRoutes))
	}
	return f.T("release.joint.reason." + string(c.Reason))
}

// yearFacts are the other figures of a year.
func (f frame) yearFacts(p central.PooledFigures) []reachFact {
	var facts []reachFact
	estimate := reachFact{Head: f.T("release.joint.estimate.head"), Anchor: "persons_estimate"}
	persons, whole := p.Find(count.MeasurePersonsEstimate), p.Find(count.MeasureReachN)
	switch {
	case persons.State == disclose.DisclosureShown && whole.State == disclose.DisclosureShown:
		estimate.Text = f.T("release.joint.estimate.text", "Count", f.Num(persons.N), "Visitors", f.Num(whole.N))
	default:
		estimate.Absent, estimate.Text = true, f.T("release.joint.few.estimate", "Slips", f.Num(disclose.MinEstimate))
	}
	facts = append(facts, estimate)
	for _, pair := range []struct {
		words      string
		base, part count.Measure
	}{
		{"back", count.MeasureBackN, count.MeasureBackK},
		{"habit", count.MeasureHabitN, count.MeasureHabitK},
		{"outside", count.MeasureSlipOutsideBase, count.MeasureSlipOutsideYes},
		{"help", count.MeasureSlipHelpBase, count.MeasureSlipHelpYes},
	} {
		fact := reachFact{Head: f.T("release.joint." + pair.words + ".head"), Anchor: string(pair.part)}
		if n, shown := p.Pair(pair.base, pair.part); shown {
			in := n.Interval()
			fact.Text = f.T("release.joint."+pair.words+".text", "Base", f.Num(n.Base), "Count", f.Num(n.K), "Low", f.Num(in.Low), "High", f.Num(in.High))
		} else {
			fact.Absent, fact.Text = true, f.jointReason(p.Find(pair.part), pair.words)
		}
		facts = append(facts, fact)
	}
	return facts
}

// routes are by which ways new people came.
func (f frame) routes(p central.PooledFigures) []fact {
	var all []fact
	for _, m := range []count.Measure{
		count.MeasureRouteNeighbour, count.MeasureRouteDoctor, count.MeasureRouteDistrictTeam, count.MeasureRouteFlyer, count.MeasureRouteWalkedIn,
	} {
		c := p.Find(m)
		if c.State == disclose.DisclosureWithheld {
			return []fact{{Name: f.T("release.joint.routes"), Value: f.jointReason(c, "routes"), Absent: true}}
		}
		all = append(all, fact{Name: f.T("release.measure." + string(m)), Value: f.figure(c)})
	}
	return all
}

// figure writes a cell of a release.
func (f frame) figure(c central.ReleaseCell) string {
	switch c.State {
	case disclose.DisclosureShown:
		return f.Num(c.N)
	case disclose.DisclosureSmall:
		return f.T("release.small", "Count", f.Num(disclose.Smallest))
	case disclose.DisclosureWithheld:
	}
	return f.T("release.reason." + string(c.Reason))
}
