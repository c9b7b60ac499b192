package dashboard

import (
	"example.org/inloop/sync/central"
)

// reachPanel is what may be said of one quarter about residents with few
// contacts. Which numbers may be said at all the room has decided: what is
// withheld never came here.
type reachPanel struct {
	Quarter  string
	Sentence string // "" when there is nothing to say
	Bounds   string
	Share    string
	Over     string // over how many rooms, "" for one
	Reason   string // what is said instead
	Undated  string // how many visits wait for a date that it may lack, "" for none
	Rooms    []reachRow
}

// reachRow is one room in a panel over several.
type reachRow struct {
	ID         int64
	Name, Text string
	Bounds     string
	Undated    string // likewise
}

// reach is the quarter of the period, and before a running one the last that
// can be told about.
func (p *sheet) reach() []reachPanel {
	now := p.reachOf(func(r central.RoomFigures) central.ReachFigures { return r.Reach })
	if now.Sentence != "" || len(p.Rooms) == 0 || p.Rooms[0].ReachBefore.Quarter == "" {
		return []reachPanel{now}
	}
	for _, r := range p.Rooms {
		if r.Reach.Reason != central.AbsenceNotEnded {
			return []reachPanel{now}
		}
	}
	now.Rooms = nil // each would say the same
	return []reachPanel{p.reachOf(func(r central.RoomFigures) central.ReachFigures { return r.ReachBefore }), now}
}

func (p *sheet) reachOf(of func(central.RoomFigures) central.ReachFigures) reachPanel {
	var panel reachPanel
	var sum central.ReachFigures
	passed := 0
	for _, r := range p.Rooms {
		one := of(r)
		panel.Quarter = periodTitle(p.localizer, one.Quarter)
		row := reachRow{ID: r.Room.ID, Name: r.Room.Name}
		if one.Reason == central.AbsenceNone {
			passed++
			sum.N, sum.A, sum.K = sum.N+one.N, sum.A+one.A, sum.K+one.K
			sum.Low, sum.High, sum.Share = one.Low, one.High, one.Share
			sum.Undated += one.Undated
			row.Text, row.Bounds, row.Undated = p.reachSentence(one), p.bounds(one), p.undated(one.Undated)
		} else {
			row.Text = p.reachReason(one.Reason)
			panel.Reason = row.Text
		}
		panel.Rooms = append(panel.Rooms, row)
	}
	if passed > 0 {
		panel.Reason = ""
		if passed > 1 {
			sum.Low, sum.High = sum.K*100/sum.N, ceilPercent(sum.K+sum.N-sum.A, sum.N)
			sum.Share = central.Number{Reason: central.AbsenceTooFew}
		}
		panel.Undated = p.undated(sum.Undated)
		panel.Sentence, panel.Bounds = p.reachSentence(sum), p.bounds(sum)
		if sum.Share.OK() {
			panel.Share = p.T("dashboard.reach.share", "Share", p.Num(sum.Share.N))
		}
	}
	if len(p.Rooms) > 1 {
		panel.Over = p.T("dashboard.reach.over", "Rooms", p.Num(int64(passed)), "Of", p.Num(int64(len(p.Rooms))))
		if passed == 0 {
			panel.Over = ""
		}
	} else {
		panel.Rooms = nil
	}
	return panel
}

// reachSentence is the one sentence that may be quoted: it claims nothing of who
// did not answer.
func (p *sheet) reachSentence(r central.ReachFigures) string {
	return p.localizer.N("dashboard.reach.sentence", int(r.K), map[string]any{"Unanswered": p.Num(r.Unanswered()), "Visitors": p.Num(r.N)})
}

// bounds are the lowest and highest share with their base.
func (p *sheet) bounds(r central.ReachFigures) string {
	return p.T("dashboard.reach.bounds", "Few", p.Num(r.K), "Answers", p.Num(r.A), "Visitors", p.Num(r.N), "Low", p.Num(r.Low), "High", p.Num(r.High))
}

func (p *sheet) reachReason(reason central.Absence) string {
	return p.T("dashboard.reach.reason." + string(reason))
}

func ceilPercent(part, whole int64) int64 { return (100*part + whole - 1) / whole }
