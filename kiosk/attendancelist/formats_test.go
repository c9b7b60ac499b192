package attendancelist_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
)

// utf16Text writes text as spreadsheets do that call it Unicode.
func utf16Text(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// TestParse_WhatPeopleReallyHave: the same two rows, as programs write them.
func TestParse_WhatPeopleReallyHave(t *testing.T) {
	day := count.Date(2026, time.May, 25)
	plain := "person,day,part,guests\nJosé,2026-05-25,ochtend,\n,2026-05-25,middag,4\n"
	tabs := strings.ReplaceAll(plain, ",", "\t")
	latin := strings.ReplaceAll(plain, "é", "\xe9")
	for name, text := range map[string]string{
		"tabs":                    tabs,
		"semicolons":              strings.ReplaceAll(plain, ",", ";"),
		"sep=;":                   "sep=;\n" + strings.ReplaceAll(plain, ",", ";"),
		"mark and quoted sep":     "\ufeff\"SEP=;\"\r\n" + strings.ReplaceAll(strings.ReplaceAll(plain, ",", ";"), "\n", "\r\n"),
		"sep=tab":                 "sep=\t\n" + tabs,
		"two marks":               "\ufeff\ufeff" + plain,
		"UTF-16 LE":               "\xff\xfe" + utf16Text(tabs, binary.LittleEndian),
		"UTF-16 BE":               "\xfe\xff" + utf16Text(tabs, binary.BigEndian),
		"UTF-16 LE, two marks":    "\xff\xfe" + utf16Text("\ufeff"+plain, binary.LittleEndian),
		"UTF-16 LE without mark":  utf16Text(plain, binary.LittleEndian),
		"UTF-16 BE without mark":  utf16Text(plain, binary.BigEndian),
		"Windows-1252":            latin,
		"Windows-1252 semicolons": strings.ReplaceAll(latin, ",", ";"),
		"empty columns right":     "person,day,part,guests,,\nJosé,2026-05-25,ochtend,,,\n,2026-05-25,middag,4,,,,\n",
		"short rows":              "person,day,part,guests\nJosé,2026-05-25,ochtend\n,2026-05-25,middag,4\n",
		"Dutch headings":          "Naam;Datum;Dagdeel;Gasten\nJosé;25-5-2026;Ochtend;\n;25-05-2026;Middag;4\n",
		"Dutch, other order":      "datum;dagdeel;aantal gasten;persoon\n25/05/2026;ochtend;;José\n25/5/2026;middag;4;\n",
		"English":                 "date,part of day,number of guests,visitor\n05/25/2026,morning,,José\n5/25/2026,afternoon,4,\n",
		"dots":                    strings.ReplaceAll(plain, "2026-05-25", "25.5.2026"),
		"months by name":          strings.ReplaceAll(plain, "2026-05-25", "25 mei 2026"),
		"short months":            strings.ReplaceAll(plain, "2026-05-25", "25-may-2026"),
		"with a time":             strings.ReplaceAll(plain, "2026-05-25", "25-5-2026 00:00:00"),
		"marks of direction":      "\u200fNaam\u200f;\u200eDatum;Dagdeel;Gasten\nJosé;\u200f25/05/2026;ochtend\u200b;\n;25\u200f/5/2026;\u00a0middag;4\u200e\n",
		"a mark in the middle":    "\ufeffperson,day,part,guests\n\ufeffJosé,2026-05-25,ochtend,\n\ufeff,2026-05-25,middag,4\ufeff\n",
		"ISO with a time":         strings.ReplaceAll(plain, "2026-05-25", "2026-05-25T00:00"),
	} {
		got, err := attendancelist.Parse(strings.NewReader(text), today)
		for i := range got {
			got[i].Line -= strings.Count(strings.ToLower(text[:min(len(text), 8)]), "sep")
		}
		if want := []attendancelist.Row{
			{Line: 2, Person: "José", Day: day, Part: count.PartMorning},
			{Line: 3, Day: day, Part: count.PartAfternoon, Guests: 4},
		}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, want)
		}
	}
}

// TestParse_TheOrderOfDatesIsNeverGuessed: asked for where a list leaves it open, taken
// from another date of the same list where that shows it.
func TestParse_TheOrderOfDatesIsNeverGuessed(t *testing.T) {
	may3, march5 := count.Date(2026, time.May, 3), count.Date(2026, time.March, 5)
	for _, tt := range []struct {
		name  string
		order attendancelist.DateOrder
		dates []string
		first count.Day // or 0 where it cannot be told
	}{
		{"open", "", []string{"03/05/2026", "04/05/2026"}, 0},
		{"day first by the hint", attendancelist.DatesDayFirst, []string{"03/05/2026"}, may3},
		{"month first by the hint", attendancelist.DatesMonthFirst, []string{"03/05/2026"}, march5},
		{"day first by another row", "", []string{"3-5-2026", "25-5-2026"}, may3},
		{"month first by another row", "", []string{"3-5-2026", "5-25-2026"}, march5},
		{"the same both ways", "", []string{"5-5-2026"}, count.Date(2026, time.May, 5)},
		{"the hint against a row", attendancelist.DatesMonthFirst, []string{"3-5-2026", "25-5-2026"}, 0},
		{"a day to come in one order shows nothing", "", []string{"3-12-2026"}, 0},
	} {
		text := "naam,dag,deel\n"
		for _, d := range tt.dates {
			text += "Anna," + d + ",middag\n"
		}
		got, _, err := attendancelist.Hints{Dates: tt.order}.Parse(strings.NewReader(text), today)
		if (err != nil) != (tt.first == 0) || err == nil && got[0].Day != tt.first {
			t.Errorf("%s: %v (%v), want %s", tt.name, got, err, tt.first)
		}
	}
}

// TestParse_ColumnsByName: the owner says which headings count; others are passed over.
func TestParse_ColumnsByName(t *testing.T) {
	names, err := attendancelist.ParseColumnNames("naam=Wie, dag=Wanneer, deel=Welk deel")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := attendancelist.Hints{Columns: names}.Parse(strings.NewReader("Nr;WHEN;wanneer;wie;Welk deel;Koffie\n1;x;2026-05-25;Anna;avond;ja\n"), today)
	if err != nil || len(got) != 1 || got[0].Person != "Anna" || got[0].Part != count.PartEvening {
		t.Errorf("%+v (%v)", got, err)
	}
	names, err = attendancelist.ParseColumnNames("person=Wie")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err = attendancelist.Hints{Columns: names}.Parse(strings.NewReader("Wie,naam,datum,dagdeel\nAnna,x,2026-05-25,avond\n"), today)
	if err != nil || len(got) != 1 || got[0].Person != "Anna" {
		t.Errorf("one column named, the others as they are: %+v (%v)", got, err)
	}
	for _, off := range []string{"naam", "naam=", "wie=Naam", "naam=a,persoon=b", "=a"} {
		if names, err := attendancelist.ParseColumnNames(off); err == nil {
			t.Errorf("%q is taken as %v", off, names)
		}
	}
}

// TestParse_Files reads small lists as programs of people saved them.
func TestParse_Files(t *testing.T) {
	files, err := filepath.Glob("testdata/lists/*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := attendancelist.Parse(f, today)
		f.Close()
		if err != nil || len(rows) != 3 || rows[0].Person != "Renée de Vries" || rows[2].Guests != 5 {
			t.Errorf("%s: %+v\n%v", name, rows, err)
		}
	}
}
