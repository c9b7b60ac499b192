package desk

import (
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
)

// listHeader is which list of people our script has of an earlier answer. Hundreds may
// be in, of whom a deed changes one: a line that the script has is named in the next
// answer and not sent again. Who has no script gets them all.
const listHeader = "Desk-List"

// sentLists is how many lists are known again: one for each change of a few minutes,
// also with several pages open. Of an older one all lines are sent.
const sentLists = 16

// dayLine is one person who is in.
type dayLine struct {
	personRow

	Same bool // the script has this very line
}

// sentList is what was sent of who is in: a hash of each line, and no name.
type sentList struct {
	tag   string
	lines map[int64]uint64
}

// lineBook knows the lists that were sent last, the newest at the end.
type lineBook struct {
	seed maphash.Seed // other after a restart, which therefore knows no list
	mu   sync.Mutex
	sent []sentList
}

// mark says which people stand the same, in a language, in the list that a script has,
// and notes theirs under the tag that it returns.
func (b *lineBook) mark(people []dayLine, lang, has string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := map[int64]uint64{}
	if i := b.find(has); i >= 0 {
		known = b.sent[i].lines
	}
	list := sentList{lines: make(map[int64]uint64, len(people))}
	var whole maphash.Hash
	whole.SetSeed(b.seed)
	for i := range people {
		line := &people[i]
		hash := maphash.Comparable(b.seed, struct {
			personRow
			lang string
		}{line.personRow, lang})
		was, ok := known[line.No]
		line.Same, list.lines[line.No] = ok && was == hash, hash
		maphash.WriteComparable(&whole, hash)
	}
	list.tag = strconv.FormatUint(whole.Sum64(), 36)
	b.note(list)
	return list.tag
}

func (b *lineBook) find(tag string) int {
	return slices.IndexFunc(b.sent, func(l sentList) bool { return l.tag == tag })
}

// note puts a list at the end, once.
func (b *lineBook) note(list sentList) {
	if i := b.find(list.tag); i >= 0 {
		b.sent = slices.Delete(b.sent, i, i+1)
	}
	if b.sent = append(b.sent, list); len(b.sent) > sentLists {
		b.sent = slices.Delete(b.sent, 0, 1)
	}
}
