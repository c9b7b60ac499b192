package pool_test

import (
	"fmt"
	"slices"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/pool"
)

// prime is what the linear systems below are solved modulo.
const prime = 2_147_483_647

// equations are what somebody saw: each a sum of unknowns, by their names. The rooms'
// numbers are called v0, v1, …; all else is masks.
type equations []map[string]int64

// learned returns a basis of the sums of rooms' numbers that follow from the equations:
// rows of one coefficient a room. Masks that are known are left out by the caller.
func (e equations) learned(rooms int) [][]int64 {
	var masks []string
	for _, row := range e {
		for name := range row {
			if name[0] != 'v' && !slices.Contains(masks, name) {
				masks = append(masks, name)
			}
		}
	}
	slices.Sort(masks)
	columns := masks
	for i := range rooms {
		columns = append(columns, fmt.Sprintf("v%d", i))
	}
	m := make([][]int64, len(e))
	for i, row := range e {
		m[i] = make([]int64, len(columns))
		for j, name := range columns {
			m[i][j] = (row[name]%prime + prime) % prime
		}
	}
	rank := 0
	for j := range columns {
		at := slices.IndexFunc(m[rank:], func(row []int64) bool { return row[j] != 0 })
		if at < 0 {
			continue
		}
		m[rank], m[rank+at] = m[rank+at], m[rank]
		scale(m[rank], inverse(m[rank][j]))
		for i := range m {
			if i != rank && m[i][j] != 0 {
				subtract(m[i], m[rank], m[i][j])
			}
		}
		if rank++; rank == len(m) {
			break
		}
	}
	var basis [][]int64
	for _, row := range m[:rank] {
		if !slices.ContainsFunc(row[:len(masks)], func(n int64) bool { return n != 0 }) {
			basis = append(basis, row[len(masks):])
		}
	}
	return basis
}

func scale(row []int64, by int64) {
	for i := range row {
		row[i] = row[i] * by % prime
	}
}

func subtract(row, other []int64, times int64) {
	for i := range row {
		row[i] = ((row[i]-times*other[i])%prime + prime) % prime
	}
}

func inverse(n int64) int64 { // n^(prime-2)
	result := int64(1)
	for e := int64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			result = result * n % prime
		}
		n = n * n % prime
	}
	return result
}

// league is rooms of an organisation whose centre asks them for more than one set. Room
// 0 is the teller of all of them.
type league struct {
	rooms []room
	asked []pool.Set
	// The rules that can be switched off: that a kiosk answers for one set, and that
	// masks are of one set.
	oneSet, bound bool
}

func newLeague(t testing.TB, n int) league {
	t.Helper()
	l := league{oneSet: true, bound: true}
	for i := range n {
		l.rooms = append(l.rooms, newRoom(t, fmt.Sprintf("kiosk_%d", i), byte(16*i), byte(16*i+3), byte(16*i+7)))
	}
	teller := setOf("12", "2026Q3", l.rooms...).Teller()
	slices.SortStableFunc(l.rooms, func(a, b room) int {
		return map[bool]int{true: -1, false: 0}[a.Identity() == teller.Identity]
	})
	return l
}

// ask makes the centre ask for the set of those rooms.
func (l *league) ask(rooms ...int) {
	var in []room
	for _, i := range rooms {
		in = append(in, l.rooms[i])
	}
	l.asked = append(l.asked, setOf("12", "2026Q3", in...))
}

// seen returns the shares that the rooms gave, as equations. Masks with a room of mine
// are known to me, as are my own numbers.
func (l *league) seen(t testing.TB, mine ...int) (seen equations) {
	t.Helper()
	on := day(t, "2026-10-08")
	for i, r := range l.rooms {
		ready := r.Ready("12", "2026Q3", r.exchange, true)
		progress := pool.Participation{Period: "2026Q3", Organisation: "12", Ready: &ready}
		k := pool.Knowledge{Self: r.Party, Today: on, Signed: on, Organisation: "12"}
		for _, o := range l.rooms {
			if o.Kiosk != r.Kiosk {
				k.Peers = append(k.Peers, pool.Peer{Kiosk: o.Kiosk, Identity: o.Identity(), Since: 1})
			}
		}
		for _, set := range l.asked {
			p := progress
			if !l.oneSet {
				p.Set, p.Settled = pool.SetHash{}, false
			}
			step, _ := k.Next(p, pool.Heard{Organisation: "12", Period: "2026Q3", State: pool.RoundOpen, Members: set.Members})
			if step != pool.RoundStepShare {
				continue
			}
			progress.Set, progress.Settled = set.Hash(), true
			if slices.Contains(mine, i) {
				continue
			}
			row := map[string]int64{fmt.Sprintf("v%d", i): 1}
			for j, o := range l.rooms {
				if _, in := set.Find(o.Identity()); !in || i == j || slices.Contains(mine, j) {
					continue
				}
				name, sign := fmt.Sprintf("mask %d %d", min(i, j), max(i, j)), int64(1)
				if l.bound {
					name += set.Hash().String()
				}
				if i > j {
					sign = -1
				}
				row[name] += sign
			}
			seen = append(seen, row)
		}
	}
	return seen
}

func all(n int) []int {
	rooms := make([]int, n)
	for i := range rooms {
		rooms[i] = i
	}
	return rooms
}

func TestLinear_WhatEachPartyLearns(t *testing.T) {
	for n := 1; n <= 6; n++ {
		l := newLeague(t, n)
		l.ask(all(n)...)
		for i := range n { // a second view of the set, without one of its rooms
			l.ask(slices.Delete(all(n), i, i+1)...)
			if n == 1 {
				break
			}
		}
		if got := l.seen(t).learned(n); len(got) > 0 {
			t.Errorf("%d rooms: the centre learns %v", n, got)
		}
		others := make([]int64, n)
		for i := 1; i < n; i++ {
			others[i] = 1
		}
		if got := l.seen(t, 0).learned(n); n > 1 && (len(got) != 1 || !slices.Equal(got[0], others)) || n == 1 && len(got) > 0 {
			t.Errorf("%d rooms: the teller learns %v, want the sum of the others alone", n, got)
		}
		for thief := 1; thief < n; thief++ {
			if got := l.seen(t, thief).learned(n); len(got) > 0 {
				t.Errorf("%d rooms: a thief of room %d, with all that the centre holds, learns %v", n, thief, got)
			}
		}
	}
}

// Each rule off in turn, with teller and centre in league: what it kept hidden is found.
func TestLinear_WithoutTheRules(t *testing.T) {
	room1 := []int64{0, 1, 0, 0}
	finds := func(l league) bool {
		for _, row := range l.seen(t, 0).learned(4) {
			if slices.Equal(row, room1) {
				return true
			}
		}
		return false
	}
	ask := func(change func(*league)) league {
		l := newLeague(t, 4)
		change(&l)
		l.ask(0, 1, 2, 3)
		l.ask(0, 2, 3)
		return l
	}
	if finds(ask(func(*league) {})) {
		t.Error("room 1 is found, all rules on")
	}
	if !finds(ask(func(l *league) { l.oneSet = false })) {
		t.Error("without 'one set' room 1 is not found: the test sees nothing")
	}
	// Masks of all sets the same, and a room that answers for another set than the rest:
	// its masks cancel all the same.
	l := newLeague(t, 4)
	l.oneSet, l.bound = false, false
	l.ask(0, 1, 2, 3)
	l.ask(0, 2, 3)
	if !finds(l) {
		t.Error("without bound masks room 1 is not found")
	}
}

// From sums of shares under different sets, one from each room, nothing cancels when
// masks are bound to their set; when not, the sum comes out all the same.
func TestLinear_MasksAreBoundToTheirSet(t *testing.T) {
	mixed := func(bound bool) [][]int64 {
		l := newLeague(t, 3)
		l.bound = bound
		l.ask(0, 1, 2)
		seen := l.seen(t, 0)
		other := newLeague(t, 3)
		other.bound = bound
		other.asked = []pool.Set{withAnother(t, other)}
		return append(seen[:1], other.seen(t, 0)[1:]...).learned(3)
	}
	if got := mixed(true); len(got) > 0 {
		t.Errorf("shares of two sets tell %v", got)
	}
	if got := mixed(false); len(got) == 0 {
		t.Error("without bound masks nothing is told: the test sees nothing")
	}
}

// withAnother returns the set of the same rooms with another hash: one has no badges.
func withAnother(t testing.TB, l league) pool.Set {
	t.Helper()
	set := setOf("12", count.PoolPeriod("2026Q3"), l.rooms...)
	for i, m := range set.Members {
		if m.Kiosk == l.rooms[0].Kiosk { // the teller is in league: another key of its own
			set.Members[i] = newRoomReady(t, l.rooms[0])
		}
	}
	return set
}

func newRoomReady(t testing.TB, r room) pool.Member {
	t.Helper()
	other := newRoom(t, r.Kiosk, 0, 0xee, 0)
	return r.Ready("12", "2026Q3", other.exchange, true).Member(r.Kiosk, "Room", r.Identity())
}
