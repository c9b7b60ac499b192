// Package counted is the page "Wat we tellen": every measure in one sentence, who sees
// what, what leaves a room and what never does, a resident's rights, and what cannot
// quite be prevented. The desk and the centre show the same one: [Page] writes it from
// the list of measures and the texts.
package counted

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

//go:embed page.html
var files embed.FS

// group is a class of measures.
type group struct {
	Title, Words string
	Entries      []entry
}

// entry is a measure; Anchor is where links to it lead.
type entry struct {
	Anchor, Name, Text string
}

// row is who sees what of the three classes.
type row struct{ Who, A, B, C string }

// part is a heading with what stands under it.
type part struct {
	Title, Intro string
	Lines        []string
}

// sheet is what the template gets.
type sheet struct {
	web.Localizer
	Groups []group
	Rows   []row
	Parts  []part
}

// W is a text of the translations.
func (s sheet) W(id string) string { return s.T(id, nil) }

// Page returns the page without its frame and heading, in a language: of each measure
// of a catalogue that has a Key its name and its sentence, under an element whose id is
// that key. more are further keys that are explained, where a page shows such words.
func Page(l web.Localizer, measures count.Catalogue, more ...string) (template.HTML, error) {
	s := sheet{Localizer: l}
	for _, class := range []count.Class{count.ClassA, count.ClassB, count.ClassC} {
		s.Groups = append(s.Groups, s.group(measures, class))
	}
	last := &s.Groups[len(s.Groups)-1]
	for _, key := range append(together(), more...) {
		last.Entries = append(last.Entries, s.entry(key))
	}
	for _, who := range []string{"volunteer", "room", "office", "funder"} {
		id := "counted.who." + who
		s.Rows = append(s.Rows, row{s.W(id), s.W(id + "a"), s.W(id + "b"), s.W(id + "c")})
	}
	s.Parts = []part{
		s.part("leaves", "numbers", "later", "room", "answers"),
		s.part("never", "names", "times", "answers", "together"),
		s.part("rights", "see", "refuse", "withdraw", "erase", "complain"),
		s.part("limits", "pair", "others", "told", "missing", "invented", "alone", "stolen", "bounds"),
	}
	s.Parts[len(s.Parts)-1].Intro = s.W("counted.limits.intro")
	t, err := template.ParseFS(files, "page.html")
	if err != nil {
		return "", fmt.Errorf("read page of what is counted: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, s); err != nil {
		return "", fmt.Errorf("write page of what is counted: %w", err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // the template has escaped it
}

// together are what rooms count together and no room sends: parts of a round, which stand
// in no catalogue of cells, and how they are told.
func together() []string {
	return []string{"bounds", "persons_estimate", "back_k", "habit_k", "slip_outside_yes", "slip_help_yes", "routes"}
}

// group lists the measures of a class that have a sentence.
func (s sheet) group(measures count.Catalogue, class count.Class) group {
	id := map[count.Class]string{count.ClassA: "counted.class.a", count.ClassB: "counted.class.b", count.ClassC: "counted.class.c"}[class]
	g := group{Title: s.W(id + ".title"), Words: s.W(id + ".words")}
	for _, d := range measures.OfClass(class) {
		if d.Key != "" {
			g.Entries = append(g.Entries, s.entry(d.Key))
		}
	}
	return g
}

func (s sheet) entry(key string) entry {
	return entry{key, s.W("dashboard.measure." + key), s.W("dashboard.definition." + key)}
}

func (s sheet) part(name string, lines ...string) part {
	p := part{Title: s.W("counted." + name + ".title")}
	for _, line := range lines {
		p.Lines = append(p.Lines, s.W("counted."+name+"."+line))
	}
	return p
}
