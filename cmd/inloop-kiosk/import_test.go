package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/sync/count"

	"example.org/inloop/cmd/internal/kioskd"
)

// listBox is an empty folder for a room, and a place for its lists.
type listBox struct {
	dir  string
	args []string
}

func newListBox(t *testing.T) listBox {
	t.Helper()
	t.Setenv("LC_ALL", "nl_NL.UTF-8")
	dir := t.TempDir()
	return listBox{dir, []string{"--data", filepath.Join(dir, "data"), "--key", filepath.Join(dir, "key")}}
}

// list writes a list and returns its path.
func (b listBox) list(t *testing.T, lines ...string) string {
	t.Helper()
	f, err := os.CreateTemp(b.dir, "*.csv")
	must(t, err)
	_, err = f.WriteString("person,day,part,guests\n" + strings.Join(lines, "\n") + "\n")
	must(t, errors.Join(err, f.Close()))
	return f.Name()
}

func (b listBox) words(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return words(t, append(args, b.args...)...)
}

func (b listBox) says(t *testing.T, want string, args ...string) {
	t.Helper()
	said, err := b.words(t, args...)
	if err != nil || !strings.Contains(said, want) {
		t.Errorf("%v says (%v)\n%s\nwant %q", args, err, said, want)
	}
}

// lastQuarter is the one before this, and a Monday in the middle of it.
func lastQuarter() (monday count.Day, dutch string) {
	first, _, _ := count.DayOf(time.Now(), time.UTC).Quarter().Span()
	monday = (first - 40).Monday()
	return monday, strings.Replace(string(monday.Quarter()), "Q", "K", 1)
}

// TestVisitsImport_SaysEachFigureBeforeAndAfter: in the operator's language, and a figure
// that was told changes only with a yes.
func TestVisitsImport_SaysEachFigureBeforeAndAfter(t *testing.T) {
	b := newListBox(t)
	monday, quarter := lastQuarter()
	var year []string // somebody on each day of the year before the quarter
	for d := monday - 500; d < monday; d++ {
		year = append(year, fmt.Sprintf("Vast,%s,middag,", d))
	}
	first := b.list(t, fmt.Sprintf("Anna,%s,middag,", monday), fmt.Sprintf("Ben,%s,middag,", monday))
	b.says(t, quarter+" voor het eerst in 12 maanden: achtergehouden → 2", "visits", "import", b.list(t, append(year, fmt.Sprintf("Anna,%s,middag,", monday), fmt.Sprintf("Ben,%s,middag,", monday))...), "--dry-run")
	b.says(t, "Er is nog geen lijst opgenomen", "visits", "imports")
	b.says(t, quarter+" uniek: achtergehouden → 2", "visits", "import", first)
	if said, err := b.words(t, "reach", "--quarter", string(monday.Quarter())); err != nil || !strings.Contains(said, "new_room") {
		t.Errorf("two rows make nobody new: %v\n%s", err, said)
	}
	more := b.list(t, append(year, fmt.Sprintf("Cato,%s,avond,", monday))...)
	said, err := b.words(t, "visits", "import", more)
	if err == nil || !strings.Contains(err.Error(), "--yes") || !strings.Contains(said, quarter+" uniek: 2 → 4 (was al verteld)") || !strings.Contains(said, quarter+" voor het eerst in 12 maanden: achtergehouden → 3\n") {
		t.Errorf("without a yes: %v\n%s", err, said)
	}
	b.says(t, `"list":1`, "visits", "imports", "--json")
	if said, _ := b.words(t, "visits", "imports", "--json"); strings.Count(said, "\n") != 1 {
		t.Errorf("a list was taken in without a yes:\n%s", said)
	}
	b.says(t, "List 2 is taken in.", "visits", "import", more, "--yes", "--lang", "en")
	b.says(t, quarter+" voor het eerst in 12 maanden: 3 → achtergehouden", "visits", "import", "--undo", "2", "--dry-run")
	b.says(t, "2 numaralı liste geri alındı.", "visits", "import", "--undo", "2", "--lang", "tr")
	b.says(t, `"undone":true`, "visits", "imports", "--json")
	b.says(t, "teruggenomen", "visits", "imports")
	if _, err := b.words(t, "visits", "import", "--undo", "2"); err == nil || !strings.Contains(err.Error(), "was al teruggenomen") {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := b.words(t, "visits", "import", "--undo", "9"); err == nil || !strings.Contains(err.Error(), "Lijst 9 is er niet") {
		t.Errorf("no list: %v", err)
	}
}

// TestVisitsImport_AsksAboutAYearWithoutRows names the lines on both sides.
func TestVisitsImport_AsksAboutAYearWithoutRows(t *testing.T) {
	b := newListBox(t)
	monday, _ := lastQuarter()
	slip := b.list(t, fmt.Sprintf("Anna,%s,middag,", monday), fmt.Sprintf("Anna,%s,middag,", monday-400))
	said, err := b.words(t, "visits", "import", slip)
	if err == nil || !strings.Contains(said, "Regel 3 is van "+(monday-400).String()+" en regel 2 van "+monday.String()) {
		t.Errorf("a year without rows: %v\n%s", err, said)
	}
	b.says(t, "Lijst 1 is opgenomen", "visits", "import", slip, "--yes")
}

// TestVisitsImport_KilledAtAnyPoint ends the program with a large list at many points:
// all of the list counts or nothing, and the next start leaves no row of a half one.
func TestVisitsImport_KilledAtAnyPoint(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts the program many times")
	}
	program, err := programFile()
	must(t, err)
	b := newListBox(t)
	monday, _ := lastQuarter()
	var lines []string
	for i := range 9000 {
		lines = append(lines, fmt.Sprintf("P%d,%s,%s,", i%300, monday-count.Day(i/300), count.Parts()[i%3]))
	}
	list := b.list(t, lines...)
	b.says(t, "Lijst 1", "visits", "import", b.list(t, fmt.Sprintf("Anna,%s,ochtend,", monday)))
	figures := func() string {
		said, err := b.words(t, "reach", "--json", "--quarter", string(monday.Quarter()))
		must(t, err)
		listed, err := b.words(t, "visits", "--from", (monday - 60).String(), "--to", monday.String())
		must(t, err)
		return fmt.Sprint(said, strings.Count(listed, "\n"))
	}
	without, with, taken := figures(), "", false
	for wait := 30 * time.Millisecond; !taken; wait = wait * 3 / 2 {
		cmd := exec.CommandContext(t.Context(), program, append([]string{"visits", "import", list, "--yes"}, b.args...)...)
		must(t, cmd.Start())
		killed := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		taken = cmd.Wait() == nil
		killed.Stop()
		switch is := figures(); {
		case taken:
			with = is
		case is != without:
			// It was killed between the moment at which the list counted and its end.
			with, taken = is, true
		}
	}
	if with == without || !strings.Contains(with, `"unique":301`) {
		t.Errorf("the list is half there:\n%s", with)
	}
	// The next start removes what others left.
	key, err := keyring.Load(filepath.Join(b.dir, "key"))
	must(t, err)
	clock, err := kioskd.NewSystemClock()
	must(t, err)
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	cfg := sqlite.Config{Dir: filepath.Join(b.dir, "data"), Keys: key, Clock: clock}
	cfg.Timetable.Zone = zone
	s, err := sqlite.Open(t.Context(), cfg)
	must(t, err)
	must(t, errors.Join(s.Tick(t.Context()), s.Close()))
	if left := figures(); left != with {
		t.Errorf("after the next start\n%s\nwant\n%s", left, with)
	}
}

// TestVisitsImport_SaysWhatItFound: in the operator's language, and each fault has words in
// every language.
func TestVisitsImport_SaysWhatItFound(t *testing.T) {
	b := newListBox(t)
	faulty := b.list(t, "Anna\t2026-05-03\tochtend", "Ben,03/05/2026,ochtend,")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "regel 2, kolom 1: deze regel is gescheiden door tabs"},
		{nil, "regel 3, kolom 2: is bij 03/05/2026 de dag of de maand eerst?"},
		{[]string{"--lang", "en"}, "line 2, column 1: this line is separated by tabs"},
		{[]string{"--lang", "tr"}, "satır 2, sütun 1: bu satır sekmeyle ayrılmış"},
	} {
		var out, errs bytes.Buffer
		err := run(t.Context(), append(append([]string{"visits", "import", faulty}, tt.args...), b.args...), &out, &errs)
		if err == nil || !strings.Contains(errs.String(), tt.want) || strings.Contains(errs.String(), "Anna") {
			t.Errorf("%v says (%v)\n%s\nwant %q", tt.args, err, errs.String(), tt.want)
		}
	}
	b.says(t, "Lijst 1 is opgenomen", "visits", "import", b.list(t, "Ben,03/05/2026,ochtend,"), "--dates", "dmy", "--yes")
	b.says(t, "2026-05-03", "visits", "--from", "2026-05-03", "--to", "2026-05-03", "--json")
	if _, err := b.words(t, "visits", "import", faulty, "--dates", "ymd"); err == nil || !strings.Contains(err.Error(), "--dates") {
		t.Errorf("an unknown order of dates: %v", err)
	}
}

// TestVisitsImport_SaysHowItRead: letters, columns and dates, in a dry run and after it,
// and asks where letters may be several.
func TestVisitsImport_SaysHowItRead(t *testing.T) {
	b := newListBox(t)
	turkish := filepath.Join(b.dir, "liste.csv")
	must(t, os.WriteFile(turkish, []byte("naam;datum;dagdeel\nAy\xfee Y\xfdld\xfdz;25-5-2026;middag\nUmut;3-5-2026;middag\n"), 0o600))
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--dry-run"}, []string{"Letters: windows-1254\n", "Kolommen: gescheiden door puntkomma's\n", "Datums: eerst de dag, dan de maand\n"}},
		{[]string{"--yes", "--lang", "tr"}, []string{"Harfler: windows-1254\n", "Sütunlar: noktalı virgülle ayrılmış\n", "Tarihler: önce gün, sonra ay\n"}},
		{[]string{"--dry-run", "--text", "windows-1252", "--lang", "en"}, []string{"Letters: windows-1252\n", "Dates: the day first"}},
	} {
		for _, want := range tt.want {
			b.says(t, want, append([]string{"visits", "import", turkish}, tt.args...)...)
		}
	}
	b.says(t, "Datums: dag en maand liggen vast", "visits", "import", b.list(t, "Ben,2026-05-03,ochtend,"), "--dry-run")
	b.says(t, "Kolommen: gescheiden door komma's", "visits", "import", b.list(t, "Ben,5/25/2026,ochtend,"), "--dry-run")
	aydin := b.list(t, "Ayd\xfdn,2026-05-03,ochtend,")
	var out, errs bytes.Buffer
	if err := run(t.Context(), append([]string{"visits", "import", aydin}, b.args...), &out, &errs); err == nil ||
		!strings.Contains(errs.String(), "--text hoe de lijst is opgeslagen: windows-1254 (ı), windows-1252 (ý)") || strings.Contains(errs.String(), "Ayd") {
		t.Errorf("ı or ý: %v\n%s", err, errs.String())
	}
	if _, err := b.words(t, "visits", "import", aydin, "--text", "turks"); err == nil || !strings.Contains(err.Error(), "--text") {
		t.Errorf("an unknown encoding: %v", err)
	}
}

// TestVisitsImport_OnePersonIsOnePerson: capitals, accents written in two ways and invisible
// characters make nobody new; who looks like another is asked about, by line.
func TestVisitsImport_OnePersonIsOnePerson(t *testing.T) {
	b := newListBox(t)
	b.says(t, "Personen voor het eerst: 2\n", "visits", "import",
		b.list(t, "Ayşe Yıldız,2026-05-04,ochtend,", "José Pérez,2026-05-04,ochtend,"), "--yes")
	b.says(t, "Personen voor het eerst: 0\n", "visits", "import",
		b.list(t, "AYŞE YILDIZ,2026-05-05,ochtend,", "Ay\u00adşe\u00a0Yildiz.,2026-05-06,ochtend,", "Jose\u0301 Pérez,2026-05-05,ochtend,"), "--yes")
	like := b.list(t, "Jose Perez,2026-05-07,ochtend,", "Yıldız Ayşe,2026-05-07,ochtend,", "Jansen,2026-05-07,ochtend,", "Janssen,2026-05-07,avond,")
	said, err := b.words(t, "visits", "import", like)
	for _, want := range []string{
		"Regel 2 (Jose Perez) lijkt op iemand die hier al bekend is: José Pérez.", "Regel 3 (Yıldız Ayşe) lijkt op", "Regel 5 (Janssen) lijkt op regel 4 (Jansen).", "--same 5",
	} {
		if err == nil || !strings.Contains(err.Error(), "--yes") || !strings.Contains(said, want) {
			t.Errorf("%v\n%s\nwant %q and a yes asked for", err, said, want)
		}
	}
	b.says(t, "Personen voor het eerst: 2\n", "visits", "import", like, "--same", "2,3", "--yes")
	b.says(t, "Personen voor het eerst: 0\n", "visits", "import", like, "--dry-run")
	if _, err := b.words(t, "visits", "import", like, "--same", "9"); err == nil || !strings.Contains(err.Error(), "line 9") {
		t.Errorf("nobody stands there: %v", err)
	}
}

// TestListWords_EachFaultHasASentence: a fault without one would be shown as its id.
func TestListWords_EachFaultHasASentence(t *testing.T) {
	source, err := os.ReadFile("../../kiosk/attendancelist/problem.go")
	must(t, err)
	faults := regexp.MustCompile(`ListFault = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(faults) < 30 {
		t.Fatalf("%d faults found", len(faults))
	}
	for _, lang := range []string{"nl", "en", "ar", "tr"} {
		said, err := newListWords(io.Discard, lang)
		must(t, err)
		for _, fault := range faults {
			for _, found := range []string{"", "day"} {
				if text := said.fault(attendancelist.Problem{Line: 1, Column: 1, Fault: attendancelist.ListFault(fault[1]), Found: found}); strings.Contains(text, "lists.") && (found != "" || string(fault[1]) != "nohead") {
					t.Errorf("%s: %s", lang, text)
				}
			}
		}
	}
}

// TestVisitsImport_Workbook: an .xlsx goes in as it is, with its sheet where there are two.
func TestVisitsImport_Workbook(t *testing.T) {
	b := newListBox(t)
	book := excelize.NewFile()
	_, err := book.NewSheet("Bezoek")
	must(t, err)
	must(t, errors.Join(
		book.SetCellValue("Sheet1", "A1", "Koffie"),
		book.SetSheetRow("Bezoek", "A1", &[]any{"Wie", "Datum", "Dagdeel"}),
		book.SetSheetRow("Bezoek", "A2", &[]any{"Anna", time.Date(2026, time.May, 3, 0, 0, 0, 0, time.UTC), "ochtend"}),
	))
	file := filepath.Join(b.dir, "lijst.xlsx")
	must(t, errors.Join(book.SaveAs(file), book.Close()))
	var out, errs bytes.Buffer
	if err := run(t.Context(), append([]string{"visits", "import", file}, b.args...), &out, &errs); err == nil || !strings.Contains(errs.String(), "dit is een xlsx van 2 bladen") {
		t.Errorf("two sheets (%v):\n%s", err, errs.String())
	}
	b.says(t, "Lijst 1 is opgenomen", "visits", "import", file, "--sheet", "bezoek", "--columns", "naam=Wie", "--yes")
	b.says(t, "Excelblad: Bezoek\n", "visits", "import", file, "--sheet", "2", "--columns", "naam=Wie", "--dry-run")
	b.says(t, "2026-05-03", "visits", "--from", "2026-05-03", "--to", "2026-05-03", "--json")
}
