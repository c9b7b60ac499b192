package attacker_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// suspect is the person whose answer is looked for, by its place among the residents, -1
// for nobody.
type suspect int

// group are residents of one room of whom the attacker knows the same: in which quarters
// they came. How many of them answered few or enough, and in which of these quarters
// first, is unknown.
type group struct {
	room        int
	came        string
	size        int64
	few, enough map[count.Period]unknown
}

// guess is what an attacker makes of the readings of a pool. He takes it that nobody but
// the suspect answers twice or withdraws, which helps him: in truth they may.
type guess struct {
	knowledge
	groups   []*group
	few      unknown // 1 if the suspect said few
	enough   unknown
	again    unknown          // 1 if she said few the second time, and else enough
	fewAt    map[int][]term   // by reading, of the pool
	enoughAt map[int][]term   // by reading
	roomAt   map[int][][]term // by reading and room: few
}

// cameIn are the quarters in which a resident came, as was known on a day.
func (r resident) cameIn(on count.Day) string {
	var came []string
	for _, q := range quarters() {
		if r.attended(q, on) {
			came = append(came, string(q))
		}
	}
	return strings.Join(came, " ")
}

// guess makes a system of what was read. Rooms are kept apart, or taken together where
// only the pool is asked for.
func (w *world) guess(told []reading, rules poolRules, who suspect, apart bool) *guess {
	g := &guess{fewAt: map[int][]term{}, enoughAt: map[int][]term{}, roomAt: map[int][][]term{}}
	groups := map[string]*group{}
	for i, r := range w.residents {
		if suspect(i) == who {
			continue
		}
		room := r.room
		if !apart {
			room = 0
		}
		came := r.cameIn(count.Day(farOff))
		key := fmt.Sprint(room, " ", came)
		if groups[key] == nil {
			groups[key] = &group{room: room, came: came, few: map[count.Period]unknown{}, enough: map[count.Period]unknown{}}
		}
		groups[key].size++
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		of := groups[key]
		g.groups = append(g.groups, of)
		var all []unknown
		for _, q := range strings.Fields(of.came) {
			of.few[count.Period(q)], of.enough[count.Period(q)] = g.between(0, of.size), g.between(0, of.size)
			all = append(all, of.few[count.Period(q)], of.enough[count.Period(q)])
		}
		g.know(0, of.size, total(all...)...)
	}
	g.look(w, groups, who, apart)
	if who >= 0 {
		g.few, g.enough = g.between(0, 1), g.between(0, 1)
		g.know(0, 1, total(g.few, g.enough)...)
		g.again = g.between(0, 1)
	}
	ua, uk := g.between(0, 4), g.between(0, 4)
	for i, r := range told {
		g.read(w, i, r, who)
		if !r.ok {
			continue // that something was too few tells no more than the numbers shown beside it
		}
		if !rules.forEver {
			ua, uk = g.between(0, 4), g.between(0, 4)
		}
		few, enough := g.fewAt[i], g.enoughAt[i]
		answered := append(slices.Clone(few), enough...)
		g.know(disclose.MinSide, farOff, few...)
		g.know(disclose.MinSide, farOff, enough...)
		g.know(disclose.MinAnswers, farOff, answered...)
		g.shown(few, r.shown.K, uk, false)
		g.shown(answered, r.shown.A, ua, r.shown.A == r.shown.N)
	}
	return g
}

// read adds of whom a reading is the sum.
func (g *guess) read(w *world, i int, r reading, who suspect) {
	rooms := make([][]term, w.rooms)
	for _, of := range g.groups {
		for q, few := range of.few {
			// Of a year every answer counts; of a quarter those given by its end, of who came.
			if r.period != "2026" && (q > r.period || !strings.Contains(of.came, string(r.period))) {
				continue
			}
			g.fewAt[i] = append(g.fewAt[i], term{few, 1})
			g.enoughAt[i] = append(g.enoughAt[i], term{of.enough[q], 1})
			rooms[of.room] = append(rooms[of.room], term{few, 1})
		}
	}
	if who >= 0 {
		few, enough := g.suspected(w.residents[who], r)
		g.fewAt[i], g.enoughAt[i] = append(g.fewAt[i], few...), append(g.enoughAt[i], enough...)
	}
	g.roomAt[i] = rooms
}

// suspected is what the suspect adds to a reading. The attacker knows when she answered,
// a second time too, and when she withdrew or was erased, but not what she said.
func (g *guess) suspected(r resident, read reading) (few, enough []term) {
	quartersOf := []count.Period{read.period}
	if read.period == "2026" {
		quartersOf = quarters()
	}
	first, second := false, false
	for _, q := range quartersOf {
		settled := min(settledOn(q), read.on)
		if read.period != "2026" {
			settled = read.on
		}
		if !r.attended(q, settled) {
			continue
		}
		switch given, _ := r.says(q, settled); {
		case given == "":
		case len(r.answers) > 1 && r.answers[1].contacts != unknownContacts && given == r.answers[1].on.Quarter():
			second = true
		default:
			first = true
		}
	}
	switch {
	case first && second: // the year: few in at least one
		either := g.between(0, 1)
		g.know(0, 1, term{either, 1}, term{g.few, -1})
		g.know(0, 1, term{either, 1}, term{g.again, -1})
		g.know(0, 1, term{g.few, 1}, term{g.again, 1}, term{either, -1})
		rest := g.between(0, 1)
		g.know(1, 1, total(either, rest)...)
		return total(either), total(rest)
	case first:
		return total(g.few), total(g.enough)
	case second:
		rest := g.between(0, 1)
		g.know(1, 1, total(g.again, rest)...)
		return total(g.again), total(rest)
	}
	return nil, nil
}

// shown adds that a sum was rounded to s by an offset that is the same for all periods.
// A base that stands as high as all persons may have been cut to that.
func (g *guess) shown(terms []term, s int64, u unknown, cut bool) {
	low, high := s-4, s
	if s == 10 || cut {
		high += map[bool]int64{true: farOff, false: 0}[cut]
		low -= map[bool]int64{true: farOff, false: 0}[s == 10]
	}
	g.know(low, high, append(slices.Clone(terms), term{u, -1})...)
}

// tells returns what the suspect may have said, as far as the readings tell.
func (g *guess) tells() (may []string) {
	for _, of := range []struct {
		name        string
		few, enough int64
	}{{"few", 1, 0}, {"enough", 0, 1}, {"nothing", 0, 0}} {
		with := g.knowledge
		with.sums = append(slices.Clone(g.sums), sum{total(g.few), of.few, of.few}, sum{total(g.enough), of.enough, of.enough})
		if with.possible() {
			may = append(may, of.name)
		}
	}
	return may
}

// look begins the search at what is true, which is near to what is possible.
func (g *guess) look(w *world, groups map[string]*group, who suspect, apart bool) {
	for _, of := range groups {
		for q := range of.few {
			g.hint[of.few[q]], g.hint[of.enough[q]] = 0, 0
		}
	}
	for i, r := range w.residents {
		if suspect(i) == who || len(r.answers) == 0 {
			continue
		}
		room := r.room
		if !apart {
			room = 0
		}
		of, given := groups[fmt.Sprint(room, " ", r.cameIn(count.Day(farOff)))], r.answers[0].on.Quarter()
		if n, there := of.few[given]; there && r.answers[0].contacts == fewContacts {
			g.hint[n]++
		} else if n, there := of.enough[given]; there {
			g.hint[n]++
		}
	}
}
