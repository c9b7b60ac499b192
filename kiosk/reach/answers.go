package reach

import (
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// answerQuarters is for how many quarters an answer counts: the one in which it was given
// and the three after it. Then the person is asked again.
const answerQuarters = 4

// GivenAnswer is what somebody's answers about contact came to in a quarter: all that is
// kept of them. Rooms seal it as JSON: the names in the tags are on their disks.
type GivenAnswer struct {
	State kiosk.Isolation `json:"state"` // few or enough
	Given count.Period    `json:"given"` // the quarter; no day
	Text  string          `json:"text"`  // version of the text to which the person consented
}

// PersonAnswers is what is kept of one person's answers: at most one for each quarter of
// giving, the oldest first, and the marks of one year.
type PersonAnswers struct {
	Given []GivenAnswer `json:"given,omitempty"`
	Mark  YearMark      `json:"mark,omitzero"`
	Route kiosk.Route   `json:"route,omitempty"` // how the person came to know the room
	Asked count.Period  `json:"asked,omitempty"` // the quarter in which that was said
}

// YearMark says in which counters of a year somebody stands already, so that nobody is
// counted twice in it. Closed stands for both, whatever they said: its person withdrew all
// answers, and is counted no more in that year.
type YearMark struct {
	Year   count.Period `json:"year"`
	Asked  bool         `json:"asked,omitempty"`
	Few    bool         `json:"few,omitempty"`
	Closed bool         `json:"closed,omitempty"`
}

// YearCount is what the settled quarters of a year came to: how many answers counted in
// at least one of them, and how many of those said few in at least one.
type YearCount struct {
	Asked int64 `json:"asked"`
	Few   int64 `json:"few"`
}

// quarterNo numbers quarters in a row; 0 for what is none.
func quarterNo(p count.Period) int {
	first, _, err := p.Span()
	if err != nil || !p.Is(count.PeriodQuarter) {
		return 0
	}
	year, month, _ := first.Civil()
	return 4*year + (int(month)-1)/3
}

// In returns the answer that counts in a quarter: the newest that was given in it or
// before, while that still counts.
func (a PersonAnswers) In(quarter count.Period) (GivenAnswer, bool) {
	no := quarterNo(quarter)
	for _, g := range slices.Backward(a.Given) {
		if given := quarterNo(g.Given); given <= no {
			return g, no < given+answerQuarters
		}
	}
	return GivenAnswer{}, false
}

// Last returns the quarter of the newest answer, "" for none.
func (a PersonAnswers) Last() count.Period {
	if len(a.Given) == 0 {
		return ""
	}
	return a.Given[len(a.Given)-1].Given
}

// With returns the answers with another one. Earlier ones are kept: the quarters before
// it count them, until they are settled. An unknown outcome changes nothing.
func (a PersonAnswers) With(g GivenAnswer) PersonAnswers {
	if g.State == kiosk.IsolationUnknown {
		return a
	}
	a.Given = slices.DeleteFunc(slices.Clone(a.Given), func(o GivenAnswer) bool { return o.Given == g.Given })
	a.Given = append(a.Given, g)
	slices.SortFunc(a.Given, func(x, y GivenAnswer) int { return quarterNo(x.Given) - quarterNo(y.Given) })
	return a
}

// Withdrawn returns what is left when somebody takes all answers back in a year. What is
// settled stays in its counters; that somebody was counted in them, and is not to be once
// more this year, is all that is kept of it, and nothing where nothing was settled yet.
func (a PersonAnswers) Withdrawn(year count.Period) PersonAnswers {
	if a.Mark.Year != year {
		return PersonAnswers{}
	}
	return PersonAnswers{Mark: YearMark{Year: year, Closed: true}}
}

// settled counts the person in a quarter that is being settled, in which they came or did
// not, and returns what is kept of the answers from then on.
func (a PersonAnswers) settled(quarter count.Period, came bool, n *YearCount, of *YearCount) PersonAnswers {
	first, _, err := quarter.Span()
	if err != nil {
		return a
	}
	if g, counts := a.In(quarter); counts && came {
		few := g.State == kiosk.IsolationFew
		n.add(true, few)
		if a.Mark.Year != first.Year() {
			a.Mark = YearMark{Year: first.Year()}
		}
		if !a.Mark.Closed {
			of.add(!a.Mark.Asked, few && !a.Mark.Few)
			a.Mark.Asked, a.Mark.Few = true, a.Mark.Few || few
		}
	}
	return a.after(quarter)
}

func (n *YearCount) add(asked, few bool) {
	if asked {
		n.Asked++
	}
	if few {
		n.Few++
	}
}

// after returns the answers that a quarter to come may still count, once a quarter and all
// before it are settled.
func (a PersonAnswers) after(quarter count.Period) PersonAnswers {
	next := quarterNo(quarter) + 1
	var kept []GivenAnswer
	for i, g := range a.Given {
		superseded := i+1 < len(a.Given) && quarterNo(a.Given[i+1].Given) <= next
		if !superseded && next < quarterNo(g.Given)+answerQuarters {
			kept = append(kept, g)
		}
	}
	a.Given = kept
	if _, last, err := a.Mark.Year.Span(); err == nil && quarterNo(last.Quarter()) < next {
		a.Mark = YearMark{} // the year is settled with its last quarter
	}
	return a
}

// Expired returns the answers without those that count in nothing any more by date alone:
// the round of each quarter that they count in is over, settled or not.
func (a PersonAnswers) Expired(today count.Day) PersonAnswers {
	if over := count.EndedPoolPeriod(today); today > over.Deadline() {
		return a.after(over.Quarter())
	}
	first, _, err := count.EndedPoolPeriod(today).Quarter().Span()
	if err != nil {
		return a
	}
	return a.after((first - 1).Quarter())
}
