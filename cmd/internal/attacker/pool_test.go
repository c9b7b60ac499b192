package attacker_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

var playAll = flag.Bool("all", false, "play hundreds of years instead of some, and say what was found in them")

// years returns how many years are played: some always, many with -all.
func years(some, many int) uint64 {
	if *playAll {
		return uint64(many)
	}
	return uint64(some)
}

// leastOf are how few values may be left of what.
const (
	leastOfPool = 5
	leastOfRoom = 9
)

// confined are the numbers of a year's readings that were found nearer than they may be.
type confined struct {
	pool, room int
	readings   int
	least      int
}

// confine looks how near the readings of a year lead to the pool's numbers and to those
// of each room. What is true must always be among what is left.
func confine(t *testing.T, w *world, seed uint64, rules poolRules) (c confined) {
	t.Helper()
	c.least = 1 << 30
	told := newOrganisation(w, seed, rules).play(t)
	pooled, apart := w.guess(told, rules, -1, false), w.guess(told, rules, -1, true)
	alone := w.guess(nil, rules, -1, true) // who was told nothing
	for i, r := range told {
		if !r.ok {
			continue
		}
		c.readings++
		for _, side := range []struct {
			terms []term
			truth int64
		}{{pooled.fewAt[i], r.exact.K}, {pooled.enoughAt[i], r.exact.A - r.exact.K}} {
			left := pooled.values(leastOfRoom, side.terms...)
			if len(left) < leastOfRoom && !slices.Contains(left, side.truth) {
				t.Errorf("%s: %d is none of %v", r.period, side.truth, left)
			}
			c.least = min(c.least, len(left))
			if len(left) < leastOfPool {
				c.pool++
			}
		}
		alone.read(w, i, r, -1)
		for room := range w.rooms {
			might := len(alone.values(leastOfRoom, alone.roomAt[i][room]...))
			if len(apart.values(leastOfRoom, apart.roomAt[i][room]...)) < might {
				c.room++
			}
		}
	}
	return c
}

func TestPool_LeavesFiveValuesAndNineOfARoom(t *testing.T) {
	readings, least := 0, 1<<30
	for seed := range years(6, 300) {
		w := newWorld(seed, usual())
		c := confine(t, w, seed, allPoolRules())
		readings, least = readings+c.readings, min(least, c.least)
		if c.pool > 0 || c.room > 0 {
			t.Errorf("year %d: %d numbers of the pool and %d of rooms are too near", seed, c.pool, c.room)
		}
	}
	t.Logf("%d readings: at the least %d (9 is as many as are looked for) values of k or a-k", readings, least)
}

// The rounded numbers 15 apart: an organisation where nearly everybody answers, and most
// of them few.
func TestPool_WithoutTheGapItIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: plays years")
	}
	dense := size{rooms: 2, people: 22, answering: 1, few: 0.72, steady: 0.95}
	found, withGap := 0, 0
	n := years(60, 600)
	for seed := range n {
		w := newWorld(seed, dense)
		rules := allPoolRules()
		withGap += confine(t, w, seed, rules).pool
		rules.gap = false
		found += confine(t, w, seed, rules).pool
	}
	if found == 0 || withGap > 0 {
		t.Errorf("numbers too near: %d without the gap, %d with it; want some and none", found, withGap)
	}
	t.Logf("%d years: %d numbers have fewer than 5 values without the gap, %d with it", n, found, withGap)
}

// One offset for ever: an organisation in which the same people come all year, and what
// they said does not change.
func TestPool_WithFreshOffsetsItIsFound(t *testing.T) {
	still := size{rooms: 2, people: 60, answering: 0.65, few: 0.3, steady: 1}
	found, forEver := 0, 0
	n := years(10, 200)
	for seed := range n {
		w := newWorld(seed, still)
		w.stand()
		rules := allPoolRules()
		if c := confine(t, w, seed, rules); c.pool > 0 {
			forEver++
		}
		rules.forEver = false
		if c := confine(t, w, seed, rules); c.pool > 0 {
			found++
		}
	}
	if found == 0 || forEver > 0 {
		t.Errorf("years with numbers too near: %d with fresh offsets, %d with one for ever; want some and none", found, forEver)
	}
	t.Logf("%d years: fewer than 5 values are left in %d with fresh offsets, in %d with one for ever", n, found, forEver)
}

// stand lets everybody come in each quarter, and answer in the first.
func (w *world) stand() {
	for i := range w.residents {
		r := &w.residents[i]
		r.days = append(r.days, firstOf("2026Q1")+3, firstOf("2026Q2")+3, firstOf("2026Q3")+3, firstOf("2026Q4")+3)
		for j := range r.answers {
			r.answers[j].on = firstOf("2026Q1") + 3
		}
	}
}

// deeds are what the suspect does in the year, which the attacker knows of.
func deeds() map[string]func(r *resident) {
	day := func(month time.Month, d int) count.Day { return count.Date(year, month, d) }
	other := map[kiosk.Isolation]kiosk.Isolation{fewContacts: enoughContacts, enoughContacts: fewContacts}
	return map[string]func(r *resident){
		"nothing": func(*resident) {},
		"stops": func(r *resident) {
			r.days = slices.DeleteFunc(r.days, func(d count.Day) bool { return d > day(6, 30) })
		},
		"late paper":                 func(r *resident) { r.days, r.late = []count.Day{day(2, 3)}, []late{{day(5, 6), day(8, 1)}} },
		"withdraws":                  func(r *resident) { r.answers = append(r.answers, answer{day(8, 4), unknownContacts}) },
		"withdraws in the open week": func(r *resident) { r.answers = append(r.answers, answer{day(7, 3), unknownContacts}) },
		"answers again":              func(r *resident) { r.answers = append(r.answers, answer{day(8, 4), other[r.answers[0].contacts]}) },
		"erased":                     func(r *resident) { r.erased = day(8, 4) },
	}
}

// suspectIn makes one resident the suspect, who comes in all quarters and said so early
// in the first.
func (w *world) suspectIn(seed uint64, said kiosk.Isolation) suspect {
	who := int(seed*7) % len(w.residents)
	r := &w.residents[who]
	r.days = nil
	for _, q := range quarters() {
		r.days = append(r.days, firstOf(q)+10)
	}
	r.answers = []answer{{r.days[0], said}}
	return suspect(who)
}

func TestAnswer_NoDeedTellsIt(t *testing.T) {
	told, played := 0, 0
	for name, deed := range deeds() {
		for seed := range years(2, 60) {
			for _, said := range []kiosk.Isolation{fewContacts, enoughContacts} {
				w := newWorld(seed, usual())
				who := w.suspectIn(seed, said)
				deed(&w.residents[who])
				may := w.guess(newOrganisation(w, seed, allPoolRules()).play(t), allPoolRules(), who, false).tells()
				played++
				if !slices.Contains(may, "few") || !slices.Contains(may, "enough") {
					told++
					t.Errorf("%s, year %d: she may have said %v", name, seed, may)
				}
			}
		}
	}
	t.Logf("%d years with a deed, her answer told in %d", played, told)
}

// A coordinator with a stack of paper writes visits of a settled quarter in, one after
// the other, reads the pool after each, and takes some back again.
func TestAnswer_LatePaperTellsItUnlessSettledForEver(t *testing.T) {
	found, kept := 0, 0
	n := int(years(5, 20)) * 2
	for seed := range uint64(n / 2) {
		for _, said := range []kiosk.Isolation{fewContacts, enoughContacts} {
			for _, settled := range []bool{true, false} {
				s := usual()
				s.steady, s.answering, s.few = 0.2, 0.9, 0.4
				w := newWorld(seed, s)
				rules := allPoolRules()
				rules.settled = settled
				if answer, ok := newPaperStack(t, w, seed, rules, said).tells(); ok {
					if settled {
						kept++
					} else if found++; answer != said {
						t.Errorf("year %d: she said %v, the attacker found %v", seed, said, answer)
					}
				}
			}
		}
	}
	if 10*found < 9*n || kept != 0 { // of a few years the stack ends before the number moves
		t.Errorf("her answer is told in %d of %d years when nothing is settled, in %d when it is; want nearly all and none", found, n, kept)
	}
	t.Logf("her answer is told in %d of %d years when nothing is settled, in %d when it is", found, n, kept)
}

// paperStack is a coordinator's stack of paper for people who did not come in the second
// quarter, the suspect on top.
type paperStack struct {
	t      *testing.T
	o      *organisation
	people []int // by place
	seen   []paperReading
}

type paperReading struct {
	written []bool // of each of the stack
	shown   disclose.Reach
	ok      bool
}

const paperQuarter = count.Period("2026Q2")

func newPaperStack(t *testing.T, w *world, seed uint64, rules poolRules, said kiosk.Isolation) *paperStack {
	p := &paperStack{t: t, o: newOrganisation(w, seed, rules)}
	who := int(w.suspectIn(seed, said))
	w.residents[who].days = []count.Day{firstOf("2026Q1") + 10}
	p.people = append(p.people, who)
	for i, r := range w.residents {
		if i != who && !r.attended(paperQuarter, farOff) && len(r.answers) > 0 && r.answers[0].on <= lastOf(paperQuarter) {
			p.people = append(p.people, i)
		}
	}
	return p
}

// read writes some of the stack in and reads the pool.
func (p *paperStack) read(written []bool) paperReading {
	for i, who := range p.people {
		p.o.residents[who].late = nil
		if written[i] {
			p.o.residents[who].late = []late{{lastOf(paperQuarter) - 5, settledOn(paperQuarter)}}
		}
	}
	p.o.round(p.t, count.PoolPeriod(paperQuarter), settledOn(paperQuarter))
	last := p.o.told[len(p.o.told)-1] // what is told stays when nothing new is
	r := paperReading{slices.Clone(written), last.shown, last.ok}
	p.seen = append(p.seen, r)
	return r
}

// tells writes others in until the number with few contacts is just about to move, and
// then the suspect.
func (p *paperStack) tells() (kiosk.Isolation, bool) {
	written := make([]bool, len(p.people))
	was := p.read(written)
	for i := 1; i < len(written); i++ {
		written[i] = true
		is := p.read(written)
		if was.ok && is.ok && is.shown.K > was.shown.K {
			written[i] = false
			break
		}
		was = is
	}
	written[0] = true
	p.read(written)
	return p.solve()
}

// solve says what the suspect answered where the readings leave but one answer. That
// those of the stack answered is known from their own day on which they were asked.
func (p *paperStack) solve() (kiosk.Isolation, bool) {
	var k knowledge
	few, rest := make([]unknown, len(p.people)), k.between(0, farOff)
	for i := range few {
		few[i] = k.between(0, 1)
	}
	u := k.between(0, 4)
	for _, r := range p.seen {
		terms := total(rest)
		for i, in := range r.written {
			if in {
				terms = append(terms, term{few[i], 1})
			}
		}
		if r.ok {
			k.know(disclose.MinSide, farOff, terms...)
			low := r.shown.K - 4
			if r.shown.K == 10 {
				low = -4
			}
			k.know(low, r.shown.K, append(terms, term{u, -1})...)
		}
	}
	switch left := k.values(2, total(few[0])...); {
	case len(left) != 1:
		return unknownContacts, false
	case left[0] == 1:
		return fewContacts, true
	}
	return enoughContacts, true
}
