package attendancelist

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// columns are where a list has what, from 0; -1 is nowhere.
type columns struct{ person, day, part, guests int }

// ColumnNames say under which heading a list has what: a word of [Parse], such as
// "naam" or "day", to the heading as it stands in the list.
type ColumnNames map[string]string

// ErrColumns is what [ParseColumnNames] cannot read.
var ErrColumns = errors.New(`want columns such as "naam=Bezoeker,dag=Wanneer,deel=Dagdeel,gasten=Anderen"`)

// ParseColumnNames reads pairs of a word and a heading, separated by commas. The error
// is ErrColumns for a word that means nothing, or no or a second heading for one.
func ParseColumnNames(s string) (ColumnNames, error) {
	if s == "" {
		return nil, nil
	}
	names := ColumnNames{}
	for pair := range strings.SplitSeq(s, ",") {
		word, heading, _ := strings.Cut(pair, "=")
		what := meaning(word)
		if _, twice := names[what]; what == "" || twice || strings.TrimSpace(heading) == "" {
			return nil, fmt.Errorf("%w: %q", ErrColumns, pair)
		}
		names[what] = plain(heading)
	}
	return names, nil
}

func plain(heading string) string { return strings.ToLower(bare(heading)) }

// bare is a cell without characters that nobody sees, such as the marks of direction
// that spreadsheets put before dates in Arabic.
func bare(cell string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, cell))
}

// meaning is what a heading says of itself, in Dutch or English: person, day, part,
// guests, or nothing.
func meaning(heading string) string {
	switch plain(heading) {
	case "person", "persoon", "name", "naam", "visitor", "bezoeker":
		return "person"
	case "day", "dag", "date", "datum":
		return "day"
	case "part", "deel", "dagdeel", "deel van de dag", "part of the day", "part of day":
		return "part"
	case "guests", "gasten", "aantal gasten", "number of guests":
		return "guests"
	}
	return ""
}

// meant is what a heading says where its owner named some: that, or what it says of itself
// where that was not named.
func (n ColumnNames) meant(heading string) string {
	for what, name := range n {
		if plain(heading) == name {
			return what
		}
	}
	if what := meaning(heading); n[what] == "" {
		return what
	}
	return ""
}

// find reads the heading. Without names of the owner each heading must mean
// something, because a column that is passed over may be the one that counts.
func (n ColumnNames) find(head line) (at columns, bad []Problem) {
	found := map[string]int{}
	for i, heading := range head.cells[:head.width()] {
		what := n.meant(heading)
		first, twice := found[what]
		switch {
		case twice:
			bad = append(bad, Problem{Line: head.no, Column: i + 1, Fault: FaultHeadTwice, Found: strconv.Itoa(first + 1)})
		case what != "":
			found[what] = i
		case n == nil:
			bad = append(bad, Problem{Line: head.no, Column: i + 1, Fault: FaultHead})
		}
	}
	where := func(what string, needed bool) int {
		i, is := found[what]
		if !is {
			i = -1
		}
		if needed && !is && !slices.ContainsFunc(bad, func(p Problem) bool { return p.Fault == FaultHead }) {
			bad = append(bad, Problem{Line: head.no, Column: head.width() + 1, Fault: FaultNoHead, Found: what})
		}
		return i
	}
	_, guests := found["guests"]
	at = columns{where("person", !guests), where("day", true), where("part", true), where("guests", false)}
	return at, bad
}
