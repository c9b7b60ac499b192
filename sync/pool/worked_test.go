package pool_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/pool"
)

// row returns 32 bytes in a row, from one on.
func row(from byte) []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

// room is one room of a test: its kiosk, its keys, what it counted.
type room struct {
	pool.Party
	exchange *ecdh.PrivateKey
	rounding []byte
	numbers  map[count.PoolItem]int64
}

func newRoom(t testing.TB, name string, seed, exchange, rounding byte) room {
	t.Helper()
	key, err := ecdh.X25519().NewPrivateKey(row(exchange))
	if err != nil {
		t.Fatal(err)
	}
	return room{pool.Party{Kiosk: name, Key: ed25519.NewKeyFromSeed(row(seed))}, key, row(rounding), map[count.PoolItem]int64{}}
}

func (r room) vector(s pool.Set) pool.Vector {
	m, _ := s.Find(r.Identity())
	return pool.NewVector(s.Period, r.numbers, m.Counts, r.rounding, s.Organisation)
}

func (r room) reach(p count.Period, n, a, k int64) {
	maps.Copy(r.numbers, map[count.PoolItem]int64{
		{Period: p, Measure: count.MeasureReachN}: n, {Period: p, Measure: count.MeasureReachA}: a, {Period: p, Measure: count.MeasureReachK}: k,
	})
}

// setOf returns the set of rooms that all count.
func setOf(organisation string, period count.PoolPeriod, rooms ...room) pool.Set {
	s := pool.Set{Organisation: organisation, Period: period}
	for _, r := range rooms {
		s.Members = append(s.Members, r.Ready(organisation, period, r.exchange, true).Member(r.Kiosk, "Room "+r.Kiosk, r.Identity()))
	}
	return ordered(s)
}

func ordered(s pool.Set) pool.Set {
	slices.SortFunc(s.Members, func(a, b pool.Member) int { return strings.Compare(a.Identity.String(), b.Identity.String()) })
	return s
}

func threeRooms(t testing.TB) (a, b, c room) {
	a, b, c = newRoom(t, "kiosk_a", 0, 0x80, 0x10), newRoom(t, "kiosk_b", 0x20, 0xa0, 0x20), newRoom(t, "kiosk_c", 0x40, 0xc0, 0x30)
	a.reach("2026Q3", 62, 35, 6)
	b.reach("2026Q3", 48, 27, 5)
	c.reach("2026Q3", 71, 40, 7)
	return a, b, c
}

func TestWorkedRound_ToTheByte(t *testing.T) {
	a, b, c := threeRooms(t)
	set := setOf("12", "2026Q3", a, b, c)
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s\n%s, want\n%s", what, got, want)
		}
		// The text of the protocol tells the same, on one line or two.
		doc, err := os.ReadFile("../wire/doc.go")
		told := func(text string) bool { return strings.Contains(string(doc), text) }
		half := len(want)/2 + len(want)/2%2
		if split := told(want[:half]) && told(want[half:]); err != nil || !told(want) && !split {
			t.Errorf("%s: %s is not in the protocol's text (%v)", what, want, err)
		}
	}
	var order []string
	for _, m := range set.Members {
		order = append(order, m.Kiosk)
	}
	want("order", strings.Join(order, " "), "kiosk_a kiosk_c kiosk_b")
	for i, key := range []string{
		"493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d",
		"dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44",
		"605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c",
	} {
		want("key", set.Members[i].Key.String(), key)
	}
	want("ready", hex.EncodeToString(set.Members[0].Signature),
		"871834507e97978bd0c6ffe5b432e805a65b4b406bf1704ac2ff95b553ac2bd928789ed13e4268f51b0848b9bcfe6ac62204e8c3bb6b8af7807d276eebd24d0c")
	want("set", set.Hash().String(), "63da485d60a27d22062cb1349ab7abe9181c79359482961e5493e487c64e833b")
	want("teller", set.Teller().Kiosk, "kiosk_a")

	for _, r := range []struct {
		room   room
		vector []uint64
	}{{a, []uint64{62, 35, 6, 0, 1, 1}}, {b, []uint64{48, 27, 5, 2, 2, 0}}, {c, []uint64{71, 40, 7, 0, 3, 4}}} {
		if got := r.room.vector(set); !slices.Equal(got, r.vector) {
			t.Errorf("vector of %s: %v, want %v", r.room.Kiosk, got, r.vector)
		}
	}
	shareB, err := b.Share(set, b.exchange, b.vector(set))
	if err != nil {
		t.Fatal(err)
	}
	shareC, err := c.Share(set, c.exchange, c.vector(set))
	if err != nil {
		t.Fatal(err)
	}
	want("share b", hex.EncodeToString(shareB.Vector), "ae139c194df81aadc1fcb001d38a3ed9075ac47e5126592642ad031304db71f9455d28c64ffa35222ceecb38cea23486")
	want("tag b", hex.EncodeToString(shareB.Tag), "481f8638c6ebc96171a5a1688d8618c34a50e6823d8dd8bcfbbccdd11b66e74f")
	want("share c", hex.EncodeToString(shareC.Vector), "c2555d33f3e5a630ad8c46e036eacec4ee53e6ef5027e90bc846a1d2a74c366e8b61791bd21a27e24e0dc0e858944cdf")
	want("tag c", hex.EncodeToString(shareC.Tag), "75a4f2773aa6e776e7748497c9d08e371b52a163a64dfcf71f2efa3f603a584d")

	result, err := a.Tell(set, a.exchange, a.vector(set), []pool.MaskedShare{shareC, shareB})
	if err != nil {
		t.Fatal(err)
	}
	shown, ok := result.Reach("2026Q3")
	if !ok || shown != (disclose.Reach{N: 180, A: 105, K: 20}) || shown.Interval() != (disclose.Interval{Low: 8, High: 59}) {
		t.Errorf("told %v %v as %v", shown, ok, shown.Interval())
	}
	if err := result.Verify("12", a.Identity()); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another organisation": result.Verify("13", a.Identity()),
		"another teller":       result.Verify("12", b.Identity()),
	} {
		if !errors.Is(err, pool.ErrResult) {
			t.Errorf("%s: %v", name, err)
		}
	}
	result.Figures[2].N = 25
	if err := result.Verify("12", a.Identity()); !errors.Is(err, pool.ErrResult) {
		t.Errorf("a figure changed: %v", err)
	}
}

// A year: its items, pairs, routes, slips and estimate, and what is withheld among them.
func TestTell_AYear(t *testing.T) {
	const period = count.PoolPeriod("2026Q4+2026")
	a, b, c := threeRooms(t)
	rooms := []room{a, b, c}
	year := map[count.Measure]int64{
		"reach_n": 50, "reach_a": 30, "reach_k": 10, "back_n": 33, "back_k": 15, "habit_n": 6, "habit_k": 3,
		"route_neighbour": 10, "route_doctor": 2, "route_district_team": 4, "route_flyer": 3, "route_walked_in": 8, "route_not_said": 1,
		"slip_n": 20, "slip_outside_yes": 11, "slip_outside_no": 8, "slip_help_yes": 2, "slip_help_no": 17,
		"slip_rooms_1": 9, "slip_rooms_2": 4, "slip_rooms_3": 1,
	}
	for _, r := range rooms {
		r.reach("2026Q4", 9, 6, 1)
		for m, n := range year {
			r.numbers[count.PoolItem{Period: "2026", Measure: m}] = n
		}
	}
	set := setOf("12", period, rooms...)
	result := tell(t, set, rooms)
	if few := result.TooFew(); !slices.Equal(few, []bool{true, false, false, true, false, false, true}) {
		t.Errorf("too few: %v", few)
	}
	reach, _ := result.Reach("2026")
	back, _ := result.Pair(count.MeasureBackN, count.MeasureBackK)
	outside, _ := result.Pair(count.MeasureSlipOutsideBase, count.MeasureSlipOutsideYes)
	near := func(what string, shown, exact int64) {
		if shown%5 != 0 || shown < exact-4 || shown > exact+4 {
			t.Errorf("%s %d is told as %d", what, exact, shown)
		}
	}
	near("persons", reach.N, 150)
	near("answers", reach.A, 90)
	near("few", reach.K, 30)
	near("new", back.Base, 99)
	near("came back", back.K, 45)
	near("slips", outside.Base, 57)
	near("yes", outside.K, 33)
	find := func(m count.Measure) disclose.Figure { return result.Find(count.PoolItem{Period: "2026", Measure: m}) }
	near("neighbours", find(count.MeasureRouteNeighbour).N, 30)
	if find(count.MeasureRouteDoctor).State != disclose.DisclosureSmall || find(count.MeasureSlipHelpBase).State != disclose.DisclosureWithheld {
		t.Errorf("doctor %v, help %v", find(count.MeasureRouteDoctor), find(count.MeasureSlipHelpBase))
	}
	if got := find(count.MeasurePersonsEstimate); got != disclose.FigureShown(120) { // 150 (27 + 6 + 1) / 42 = 121.4
		t.Errorf("persons estimated: %v, want 120", got)
	}
	if err := result.Verify("12", set.Teller().Identity); err != nil {
		t.Error(err)
	}
}

// In its first year nearly everybody of a room is new. By offsets of their own 74 persons
// could be told as 70 and the 73 new ones among them as 75: then both are 71 to 74.
func TestTell_NoPartAboveItsWhole(t *testing.T) {
	const period = count.PoolPeriod("2026Q4+2026")
	at := func(m count.Measure) count.PoolItem { return count.PoolItem{Period: "2026", Measure: m} }
	near := 0
	for i := range 60 {
		a := newRoom(t, "kiosk_a", 0, 0x80, byte(i))
		a.numbers = map[count.PoolItem]int64{
			at(count.MeasureReachN): 74, at(count.MeasureReachA): 60, at(count.MeasureReachK): 20,
			at(count.MeasureBackN): 73, at(count.MeasureBackK): 30, at(count.MeasureHabitN): 72, at(count.MeasureHabitK): 30,
		}
		result := tell(t, setOf("12", period, a), []room{a})
		persons, _ := result.Reach("2026")
		for _, m := range [][2]count.Measure{{count.MeasureBackN, count.MeasureBackK}, {count.MeasureHabitN, count.MeasureHabitK}} {
			pair, shown := result.Pair(m[0], m[1])
			if !shown || pair.Base > persons.N {
				t.Errorf("%s %v (%t) of %d persons", m[0], pair, shown, persons.N)
			}
		}
		if u := a.vector(setOf("12", period, a))[len(period.Items()):]; u[3] == 4 && u[6] < 3 {
			near++
		}
	}
	if near == 0 {
		t.Error("none was to be rounded up past its whole: the test sees nothing")
	}
}

func tell(t testing.TB, set pool.Set, rooms []room) pool.JointResult {
	t.Helper()
	var shares []pool.MaskedShare
	var teller room
	for _, r := range rooms {
		if r.Identity() == set.Teller().Identity {
			teller = r
			continue
		}
		s, err := r.Share(set, r.exchange, r.vector(set))
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, s)
	}
	result, err := teller.Tell(set, teller.exchange, teller.vector(set), shares)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestVector_TooFewAnswersAndTooFewBadges(t *testing.T) {
	r := newRoom(t, "kiosk_a", 0, 0x80, 0x10)
	r.reach("2026Q3", 40, 4, 3)
	if got := pool.NewVector("2026Q3", r.numbers, true, r.rounding, "12"); !slices.Equal(got, pool.Vector{40, 0, 0, 0, 1, 1}) {
		t.Errorf("four answers: %v", got)
	}
	r.reach("2026Q3", 40, 5, 3)
	if got := pool.NewVector("2026Q3", r.numbers, true, r.rounding, "12"); !slices.Equal(got, pool.Vector{40, 5, 3, 0, 1, 1}) {
		t.Errorf("five answers: %v", got)
	}
	if got := pool.NewVector("2026Q3", r.numbers, false, r.rounding, "12"); !slices.Equal(got, pool.Vector{0, 0, 0, 0, 1, 1}) {
		t.Errorf("too few badges: %v", got)
	}
	// The fourth quarter's rounding parts are those of its year.
	v := pool.NewVector("2026Q4+2026", nil, true, r.rounding, "12")
	if parts := v[24:]; len(v) != 48 || !slices.Equal(parts[:3], parts[3:6]) {
		t.Errorf("parts %v", v[24:])
	}
}

func TestTell_SharesOfExactlyTheOthers(t *testing.T) {
	a, b, c := threeRooms(t)
	set := setOf("12", "2026Q3", a, b, c)
	good := func() (shares []pool.MaskedShare) {
		for _, r := range []room{b, c} {
			s, err := r.Share(set, r.exchange, r.vector(set))
			if err != nil {
				t.Fatal(err)
			}
			shares = append(shares, s)
		}
		return shares
	}
	own, err := a.Share(set, a.exchange, a.vector(set))
	if err != nil {
		t.Fatal(err)
	}
	huge := b
	huge.numbers = map[count.PoolItem]int64{{Period: "2026Q3", Measure: count.MeasureReachN}: 1 << 31}
	tooMany, err := huge.Share(set, huge.exchange, huge.vector(set))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(s []pool.MaskedShare) []pool.MaskedShare
		want   error
	}{
		"one missing":   {func(s []pool.MaskedShare) []pool.MaskedShare { return s[1:] }, pool.ErrShares},
		"one twice":     {func(s []pool.MaskedShare) []pool.MaskedShare { return []pool.MaskedShare{s[0], s[0]} }, pool.ErrShares},
		"one too many":  {func(s []pool.MaskedShare) []pool.MaskedShare { return append(s, s[0]) }, pool.ErrShares},
		"its own":       {func(s []pool.MaskedShare) []pool.MaskedShare { s[0] = own; return s }, pool.ErrShares},
		"half of one":   {func(s []pool.MaskedShare) []pool.MaskedShare { s[0].Vector = s[0].Vector[:24]; return s }, pool.ErrShares},
		"a bit changed": {func(s []pool.MaskedShare) []pool.MaskedShare { s[0].Vector[7]++; return s }, pool.ErrTag},
		"a tag changed": {func(s []pool.MaskedShare) []pool.MaskedShare { s[1].Tag[0]++; return s }, pool.ErrTag},
		"two changed places": {func(s []pool.MaskedShare) []pool.MaskedShare {
			s[0].Kiosk, s[1].Kiosk = s[1].Kiosk, s[0].Kiosk
			return s
		}, pool.ErrTag},
		"a sum of billions": {func(s []pool.MaskedShare) []pool.MaskedShare { s[0] = tooMany; return s }, pool.ErrTooLarge},
	} {
		if _, err := a.Tell(set, a.exchange, a.vector(set), tt.change(good())); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := a.Tell(set, a.exchange, a.vector(set), good()); err != nil {
		t.Error(err)
	}
}

func TestShare_AKeyThatGivesNoSecret(t *testing.T) {
	a, b, _ := threeRooms(t)
	set := setOf("12", "2026Q3", a, b)
	for i, m := range set.Members {
		if m.Kiosk == b.Kiosk {
			set.Members[i].Key = pool.ExchangeKey{} // of small order: the secret is all zero
		}
	}
	if _, err := a.Share(set, a.exchange, a.vector(set)); !errors.Is(err, pool.ErrSecret) {
		t.Errorf("%v", err)
	}
}

func TestSet_TheSetIsWhatIsMaskedFor(t *testing.T) {
	a, b, c := threeRooms(t)
	all, two := setOf("12", "2026Q3", a, b, c), setOf("12", "2026Q3", b, c)
	s, err := b.Share(all, b.exchange, b.vector(all))
	if err != nil {
		t.Fatal(err)
	}
	s2, err := b.Share(two, b.exchange, b.vector(two))
	if err != nil {
		t.Fatal(err)
	}
	// The masks of b with c differ in the two sets: nothing cancels between them.
	if slices.Equal(s.Vector, s2.Vector) || all.Hash() == two.Hash() || all.Hash() == setOf("13", "2026Q3", a, b, c).Hash() {
		t.Error("masks or hashes of two sets are the same")
	}
}

func BenchmarkShare_AYearOfAHundredRooms(b *testing.B) {
	var rooms []room
	for i := range pool.MaxMembers {
		rooms = append(rooms, newRoom(b, "kiosk_"+string(rune('A'+i/10))+string(rune('0'+i%10)), byte(2*i), byte(2*i+1), byte(i)))
	}
	set := setOf("12", "2026Q4+2026", rooms...)
	for b.Loop() {
		if _, err := rooms[0].Share(set, rooms[0].exchange, rooms[0].vector(set)); err != nil {
			b.Fatal(err)
		}
	}
}
