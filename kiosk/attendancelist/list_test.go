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
		want       []string // the beginning of each problem
	}{
		{"empty file", "", []string{"line 1, column 1 (person): file is empty"}},
		{"no header", "a,2026-11-23,ochtend,\n", []string{"line 1, column 1 (person): want the header"}},
		{"other order", "day,person,part,guests\n", []string{"line 1, column 1 (person): want the header"}},
		{"mixed separators", "person;day,part,guests\n", []string{"line 1, column 1 (person): want the header"}},
		{"header misspelt", "person,day,deel,guests\n", []string{"line 1, column 3 (part): want the header"}},
		{"header too short", "person,day,part\n", []string{"line 1, column 4 (guests): want the header"}},
		{"header too long", "person,day,part,guests,note\n", []string{"line 1, column 5: want the header"}},
		{"semicolons under commas", head + "a;2026-11-23;ochtend;\n", []string{"line 2, column 2 (day): 1 columns, want 4"}},
		{"too few columns", head + "a,2026-11-23,ochtend\n", []string{"line 2, column 4 (guests): 3 columns"}},
		{"too many columns", head + "a,2026-11-23,ochtend,,x\n", []string{"line 2, column 5: 5 columns"}},
		{"tomorrow", head + "a,2026-11-25,ochtend,\n", []string{"line 2, column 2 (day): 2026-11-25: day lies ahead"}},
		{"today", head + "a,2026-11-24,avond,\n", nil},
		{"no such day", head + "a,2026-02-29,ochtend,\n", []string{`line 2, column 2 (day): no calendar day: "2026-02-29"`}},
		{"day as the Dutch write it", head + "a,23-11-2026,ochtend,\n", []string{"line 2, column 2 (day)"}},
		{"another century", head + "a,1926-11-23,ochtend,\n", []string{"line 2, column 2 (day)"}},
		{"part", head + "a,2026-11-23,nacht,\n", []string{`line 2, column 3 (part): no part of the day: "nacht"`}},
		{"person and guests", head + "a,2026-11-23,ochtend,2\n", []string{"line 2, column 4 (guests): a row is"}},
		{"neither", head + ",2026-11-23,ochtend,\n", []string{"line 2, column 4 (guests): want a person"}},
		{"guests below 0", head + ",2026-11-23,ochtend,-1\n", []string{"line 2, column 4"}},
		{"guests by halves", head + ",2026-11-23,ochtend,1.5\n", []string{"line 2, column 4"}},
		{"guests beyond counting", head + ",2026-11-23,ochtend,99999999999999999999\n", []string{"line 2, column 4"}},
		{"1000 guests", head + ",2026-11-23,ochtend,1000\n", []string{"line 2, column 4"}},
		{"guests twice", head + ",2026-11-23,ochtend,2\n,2026-11-23,middag,3\n,2026-11-23,ochtend,3\n", []string{"line 4, column 4 (guests): line 2 gives another"}},
		{"the same guests twice", head + ",2026-11-23,ochtend,2\n,2026-11-23,ochtend,2\n", nil},
		{"long label", head + long + ",2026-11-23,ochtend,\n", []string{"line 2, column 1 (person)"}},
		{"label of two lines", head + "\"a\nb\",2026-11-23,ochtend,\n", []string{"line 2, column 1 (person)"}},
		{"stray quotation mark", head + "a,2026-11-23,ochtend,\n\"b,2026-11-23,ochtend,\nc,x,y,z\n", []string{"line 3, column 1 (person): quotation marks"}},
		{"quotation mark in a word", head + "a,2026-11-23,ocht\"end,\n", []string{"line 2, column 3 (part): quotation marks"}},
		{"words behind a quotation mark", head + "a,2026-11-23,\"och\"\"t\" end,\n", []string{"line 2, column 3 (part): quotation marks"}},
		{"open quotation mark behind two lines", head + "\"a\nb\", \"2026-11-23,ochtend,\n", []string{"line 2, column 2 (day): quotation marks"}},
		{"not UTF-8", head + "a,2026-11-23,ochtend,\nJos\xe9,2026-11-23,ochtend,\n", []string{"line 3, column 1 (person): not UTF-8"}},
		{"not UTF-8 in a part", head + "a,2026-11-23,\xe9,\n", []string{"line 2, column 3 (part): not UTF-8"}},
		{"UTF-16", "\xff\xfep\x00e\x00", []string{"line 1, column 1 (person): not UTF-8"}},
		{"all of them", head + "a,x,y,1\nb,2026-11-23,ochtend,\n,,,5\n", []string{
			"line 2, column 2", "line 2, column 3", "line 2, column 4", "line 4, column 2", "line 4, column 3",
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
			if !strings.HasPrefix(problems[i].String(), want) {
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
