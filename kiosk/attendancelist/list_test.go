package attendancelist_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
)

var today = count.Date(2026, time.November, 24)

func TestParse_Taken(t *testing.T) {
	monday := count.Date(2026, time.November, 23)
	want := []attendancelist.Row{
		{Line: 2, Person: "Buur 1", Day: monday, Part: count.PartMorning},
		{Line: 3, Day: monday, Part: count.PartAfternoon, Guests: 4},
	}
	plain := "person,day,part,guests\nBuur 1,2026-11-23,ochtend,\n,2026-11-23,middag,4\n"
	for name, text := range map[string]string{
		"plain":              plain,
		"byte order mark":    "\ufeff" + plain,
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"CR":                 strings.ReplaceAll(plain, "\n", "\r"),
		"semicolons":         strings.ReplaceAll(plain, ",", ";"),
		"no last line end":   strings.TrimSuffix(plain, "\n"),
		"empty rows":         plain + ",,,\n\n,,,\n",
		"quoted":             "\"person\",\"day\",part,guests\n\"Buur 1\",2026-11-23,ochtend,0\n\"\",2026-11-23,middag,\"4\"\n",
		"space, then quoted": "person, \"day\", part, guests\n \"Buur 1\", 2026-11-23, \"ochtend\",\n , 2026-11-23, middag, \"4\"\n",
		"spaces, capitals":   "Person, Day ,part,Guests\n Buur 1 ,2026-11-23,Ochtend,\n,2026-11-23 ,MIDDAG, 4\n",
	} {
		got, err := attendancelist.Parse(strings.NewReader(text), today)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, want)
		}
	}
}

func TestParse_Faults(t *testing.T) {
	const head = "person,day,part,guests\n"
	long := strings.Repeat("x", 201)
	tests := []struct {
		name, text string
		want       []string // each problem
	}{
		{"empty file", "", []string{"line 1, column 1: empty"}},
		{"empty cells alone", ",,,\n\n", []string{"line 1, column 1: empty"}},
		{"no header", "a,2026-11-23,ochtend,\n", []string{"line 1, column 1: head", "line 1, column 2: head", "line 1, column 3: head"}},
		{"a heading that nothing separates", "person day part\n", []string{"line 1, column 1: onecolumn"}},
		{"mixed separators", "person;day,part,guests\n", []string{"line 1, column 1: head"}},
		{"header misspelt", "person,day,dele,guests\n", []string{"line 1, column 3: head"}},
		{"no part", "person,day,guests\n", []string{`line 1, column 4: nohead "part"`}},
		{"neither persons nor guests", "day,part\n", []string{`line 1, column 3: nohead "person"`}},
		{"a column too many", "person,day,part,guests,note\n", []string{"line 1, column 5: head"}},
		{"two names", "naam,persoon,dag,deel\n", []string{`line 1, column 2: headtwice "1"`}},
		{"semicolons under commas", head + "a;2026-11-23;ochtend;\n", []string{"line 2, column 1: semicolons"}},
		{"tabs under commas", head + "a\t2026-11-23\tochtend\n", []string{"line 2, column 1: tabs"}},
		{"commas under tabs", strings.ReplaceAll(head, ",", "\t") + "a,2026-11-23,ochtend\n", []string{"line 2, column 1: commas"}},
		{"a label alone", head + "Anna\n", []string{"line 2, column 1: onecell"}},
		{"a cell too many", head + "a,2026-11-23,ochtend,,x\n", []string{"line 2, column 5: toomany"}},
		{"tomorrow", head + "a,2026-11-25,ochtend,\n", []string{`line 2, column 2: ahead "2026-11-25"`}},
		{"today", head + "a,2026-11-24,avond,\n", nil},
		{"no such day", head + "a,2026-02-29,ochtend,\n", []string{`line 2, column 2: day "2026-02-29"`}},
		{"no such month", head + "a,13-13-2026,ochtend,\n", []string{`line 2, column 2: day "13-13-2026"`}},
		{"a year of two digits", head + "a,23-11-26,ochtend,\n", []string{`line 2, column 2: shortyear "23-11-26"`}},
		{"a date that is two", head + "a,03/05/2026,ochtend,\nb,04/05/2026,ochtend,\n", []string{`line 2, column 2: order "03/05/2026"`}},
		{"dates of two orders", head + "a,23-5-2026,ochtend,\nb,5-23-2026,ochtend,\n", []string{`line 3, column 2: twoorders "5-23-2026" (line 2)`, `line 3, column 2: day "5-23-2026"`}},
		{"another century", head + "a,1926-11-23,ochtend,\n", []string{`line 2, column 2: longago "1926-11-23"`}},
		{"part", head + "a,2026-11-23,nacht,\n", []string{"line 2, column 3: part"}},
		{"person and guests", head + "a,2026-11-23,ochtend,2\n", []string{"line 2, column 4: both"}},
		{"neither", head + ",2026-11-23,ochtend,\n", []string{`line 2, column 4: guests "999"`}},
		{"guests below 0", head + ",2026-11-23,ochtend,-1\n", []string{`line 2, column 4: guests "999"`}},
		{"guests by halves", head + ",2026-11-23,ochtend,1.5\n", []string{`line 2, column 4: guests "999"`}},
		{"guests beyond counting", head + ",2026-11-23,ochtend,99999999999999999999\n", []string{`line 2, column 4: guests "999"`}},
		{"1000 guests", head + ",2026-11-23,ochtend,1000\n", []string{`line 2, column 4: guests "999"`}},
		{"guests twice", head + ",2026-11-23,ochtend,2\n,2026-11-23,middag,3\n,2026-11-23,ochtend,3\n", []string{"line 4, column 4: gueststwo (line 2)"}},
		{"the same guests twice", head + ",2026-11-23,ochtend,2\n,2026-11-23,ochtend,2\n", nil},
		{"long label", head + long + ",2026-11-23,ochtend,\n", []string{`line 2, column 1: label "200"`}},
		{"label of two lines", head + "\"a\nb\",2026-11-23,ochtend,\n", []string{`line 2, column 1: label "200"`}},
		{"label without a letter", head + "-,2026-11-23,ochtend,\n\u200f,2026-11-23,ochtend,\n", []string{"line 2, column 1: noletter", "line 3, column 1: noletter"}},
		{"a formula that failed", head + "#N/A,2026-11-23,ochtend,\n#n/b,2026-11-23,ochtend,\n#1 Anna,2026-11-23,ochtend,\n", []string{`line 2, column 1: formula "#N/A"`, `line 3, column 1: formula "#N/B"`}},
		{"stray quotation mark", head + "a,2026-11-23,ochtend,\n\"b,2026-11-23,ochtend,\nc,x,y,z\n", []string{"line 3, column 1: quotes"}},
		{"quotation mark in a word", head + "a,2026-11-23,ocht\"end,\n", []string{"line 2, column 3: quotes"}},
		{"the same below sep=", "sep=,\n" + head + "a,2026-11-23,ocht\"end,\n", []string{"line 3, column 3: quotes"}},
		{"words behind a quotation mark", head + "a,2026-11-23,\"och\"\"t\" end,\n", []string{"line 2, column 3: quotes"}},
		{"open quotation mark behind two lines", head + "\"a\nb\", \"2026-11-23,ochtend,\n", []string{"line 2, column 2: quotes"}},
		{"UTF-8 and Windows-1252", head + "a\u00e9,2026-11-23,ochtend,\nJos\xe9,2026-11-23,ochtend,\n", []string{"line 3, column 1: twotexts"}},
		{"letters of no encoding", head + "a,2026-11-23,ochtend,\nJos\x81\xfe,2026-11-23,ochtend,\n", []string{"line 3, column 1: unknowntext"}},
		{"a letter lost before", head + "Jos\ufffd,2026-11-23,ochtend,\n", []string{"line 2, column 1: notext"}},
		{"zeros", head + "a\x00,2026-11-23,ochtend,\n", []string{"line 2, column 1: notext"}},
		{"UTF-16 cut off", "\xff\xfep\x00e", []string{"line 1, column 1: notext"}},
		{"PDF", "%PDF-1.7\n", []string{`line 1, column 1: kind "PDF"`}},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1", []string{"line 1, column 1: oldsheet"}},
		{"all of them", head + "a,x,y,1\nb,2026-11-23,ochtend,\n,,,5\n", []string{
			"line 2, column 2: day", "line 2, column 3: part", "line 2, column 4: both", "line 4, column 2: day", "line 4, column 3: part",
		}},
	}
	for _, tt := range tests {
		rows, err := attendancelist.Parse(strings.NewReader(tt.text), today)
		var problems attendancelist.Problems
		if len(tt.want) > 0 && (!errors.As(err, &problems) || !errors.Is(err, attendancelist.ErrList) || rows != nil) {
			t.Errorf("%s: %v, %d rows: want Problems and no rows", tt.name, err, len(rows))
		}
		if len(problems) != len(tt.want) || len(tt.want) == 0 && err != nil {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			continue
		}
		for i, want := range tt.want {
			if problems[i].String() != want {
				t.Errorf("%s: problem %d is %q, want %q", tt.name, i, problems[i], want)
			}
		}
	}
}

func TestParse_NeverRepeatsALabel(t *testing.T) {
	_, err := attendancelist.Parse(strings.NewReader("person,day,part,guests\nGeheimenaam,x,y,z\nGeheimenaam\n\"Geheimenaam"), today)
	if err == nil || strings.Contains(err.Error(), "Geheimenaam") {
		t.Errorf("got %v, want problems without the label", err)
	}
}

func TestParse_Limits(t *testing.T) {
	var faulty strings.Builder
	faulty.WriteString("person,day,part,guests\n")
	for range 5000 {
		faulty.WriteString("a,never,ochtend,\n")
	}
	var problems attendancelist.Problems
	if _, err := attendancelist.Parse(strings.NewReader(faulty.String()), today); !errors.As(err, &problems) || len(problems) != 101 {
		t.Errorf("%d problems, want 100 and a last word", len(problems))
	}
	huge := io.MultiReader(strings.NewReader("person,day,part,guests\n"), io.LimitReader(zeros{}, 64<<20))
	if _, err := attendancelist.Parse(huge, today); !errors.Is(err, attendancelist.ErrList) {
		t.Errorf("a file of 64 MB: %v, want ErrList", err)
	}
	broken := errors.New("stick pulled out")
	if _, err := attendancelist.Parse(iotest.ErrReader(broken), today); !errors.Is(err, broken) || errors.Is(err, attendancelist.ErrList) {
		t.Errorf("unreadable file: %v, want the error of reading", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func FuzzParse(f *testing.F) {
	f.Add("person,day,part,guests\na,2026-11-23,ochtend,\n,2026-11-23,middag,4\n")
	f.Add("person;day;part;guests\r\n\"a\";2026-11-23;avond;\r\n")
	f.Add("\xff\xfes\x00e\x00p\x00=\x00;\x00")
	f.Add("naam\tdag\tdeel\nJos\xe9\t3-5-2026 10:00\tochtend\t\t\n")
	f.Add("sep=;\ndatum;dagdeel;gasten\n25 mei 2026;avond;4\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := attendancelist.Parse(strings.NewReader(text), today)
		if err != nil && rows != nil {
			t.Fatal("rows beside problems")
		}
		for _, r := range rows {
			if r.Day > today || !slices.Contains(count.Parts(), r.Part) || r.Guests < 0 || r.Person != "" && r.Guests != 0 {
				t.Fatalf("taken: %+v", r)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var list strings.Builder
	list.WriteString("person,day,part,guests\n")
	for i := range 10_000 {
		fmt.Fprintf(&list, "Buur %d,%s,middag,\n", i%80, today-count.Day(i%300))
	}
	for b.Loop() {
		if _, err := attendancelist.Parse(strings.NewReader(list.String()), today); err != nil {
			b.Fatal(err)
		}
	}
}
