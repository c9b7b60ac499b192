package attendancelist

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// LookAlike is a label of a list that the room does not know and that looks like another
// one: its words in another order, one letter apart, or nothing but accents, spaces and
// signs apart. It may be the same person, which only somebody who knows them can say.
type LookAlike struct {
	Line  int // where the list has it first
	Label string
	Other int    // where the list has the other one first; 0 where the room knows them
	Like  string // the other one's label
}

// Twin is two people of the room whose labels mean the same, by their numbers.
type Twin struct{ Person, Other int64 }

const (
	maxAlike    = 20_000 // labels that are held beside each other: more than any neighbourhood has
	fewestAlike = 4      // letters of the shorter of two labels that one letter tells apart
)

// labelled is somebody under a label, of the room (line 0) or of the list.
type labelled struct {
	key, label string
	line       int
}

// alikes finds labels that look like another one. What one looks like is found by what
// both share: their bare letters, their words in order, or what is left without one
// letter; who shares it is looked at closely.
type alikes struct {
	seed   maphash.Seed
	places map[uint64][]*labelled
}

func newAlikes() *alikes {
	return &alikes{maphash.MakeSeed(), make(map[uint64][]*labelled)}
}

// add enters somebody.
func (a *alikes) add(l *labelled) {
	for _, place := range a.shared(l.key) {
		a.places[place] = append(a.places[place], l)
	}
}

// like returns those who were entered and look like somebody, in the order of their labels.
func (a *alikes) like(l *labelled) (found []*labelled) {
	for _, place := range a.shared(l.key) {
		for _, other := range a.places[place] {
			if other.key != l.key && !slices.Contains(found, other) && lookAlike(l.key, other.key) {
				found = append(found, other)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *labelled) int { return strings.Compare(a.key, b.key) })
	return found
}

// shared is under what a label is found by those like it.
func (a *alikes) shared(key string) (places []uint64) {
	add := func(kind byte, text string) {
		places = append(places, maphash.String(a.seed, string(kind)+text))
	}
	add('b', bareLetters(key))
	add('w', inOrder(key))
	if letters(key) < fewestAlike {
		return places
	}
	add('d', key)
	for at, r := range key {
		add('d', key[:at]+key[at+len(string(r)):])
	}
	slices.Sort(places)
	return slices.Compact(places)
}

func lookAlike(a, b string) bool {
	return bareLetters(a) == bareLetters(b) || inOrder(a) == inOrder(b) || oneApart([]rune(a), []rune(b))
}

// bareLetters is a label without accents, spaces and signs.
func bareLetters(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'ø':
			return 'o'
		case r == 'ł':
			return 'l'
		case r == 'đ', r == 'ð':
			return 'd'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return -1
		}
		return r
	}, norm.NFD.String(key))
}

// inOrder is the words of a label by the alphabet.
func inOrder(key string) string {
	words := strings.FieldsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	slices.Sort(words)
	return strings.Join(words, " ")
}

func letters(key string) (n int) {
	for _, r := range key {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// oneApart tells whether one letter more, another letter, or two that changed places make
// one label the other. Digits are no slip: label 7 and label 8 are two people.
func oneApart(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if letters(string(a)) < fewestAlike || len(b)-len(a) > 1 {
		return false
	}
	first := 0
	for first < len(a) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	x, y := a[first:len(a)-last], b[first:len(b)-last]
	if slices.ContainsFunc(slices.Concat(x, y), unicode.IsDigit) {
		return false
	}
	switch len(y) {
	case 1:
		return true
	case 2:
		return len(x) == 2 && x[0] == y[1] && x[1] == y[0]
	}
	return false
}
