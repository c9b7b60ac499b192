package attendancelist_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
)

// workbook saves a new one in which fill has written.
func workbook(t testing.TB, fill func(book *excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	file, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// write puts rows on a sheet, made where it is not there, from a row on.
func write(t testing.TB, book *excelize.File, sheet string, from int, rows ...[]any) {
	t.Helper()
	_, err := book.NewSheet(sheet)
	for i, row := range rows {
		err = errors.Join(err, book.SetSheetRow(sheet, fmt.Sprintf("A%d", from+i), &row))
	}
	if err != nil {
		t.Fatal(err)
	}
}

var (
	may3 = time.Date(2026, time.May, 3, 0, 0, 0, 0, time.UTC)
	list = [][]any{{"Naam", "Datum", "Dagdeel", "Gasten"}, {"José", may3, "Ochtend", ""}, {"", may3.Add(15 * time.Hour), "middag", 4}}
	read = []attendancelist.Row{
		{Line: 2, Person: "José", Day: count.Date(2026, time.May, 3), Part: count.PartMorning},
		{Line: 3, Day: count.Date(2026, time.May, 3), Part: count.PartAfternoon, Guests: 4},
	}
)

// TestParse_Workbook: the days of a workbook are days, and a sheet is asked for only where
// there are two with something in them.
func TestParse_Workbook(t *testing.T) {
	two := func(book *excelize.File) {
		write(t, book, "Sheet1", 1, []any{"Koffie"})
		write(t, book, "Bezoek 2026", 1, list...)
	}
	for _, tt := range []struct {
		name  string
		fill  func(book *excelize.File)
		sheet string
		fault string
	}{
		{"one sheet", func(book *excelize.File) { write(t, book, "Sheet1", 1, list...) }, "", ""},
		{"empty sheets beside it", func(book *excelize.File) {
			write(t, book, "Blad2", 1)
			write(t, book, "Blad3", 1, list...)
		}, "", ""},
		{"a hidden sheet beside it", func(book *excelize.File) {
			two(book)
			if err := errors.Join(book.SetSheetVisible("Sheet1", false)); err != nil {
				t.Fatal(err)
			}
			book.SetActiveSheet(1)
		}, "", "sheets"}, // the active one cannot be hidden
		{"two sheets", two, "", `sheets "2"`},
		{"by name", two, "bezoek 2026", ""},
		{"by number", two, "2", ""},
		{"no such sheet", two, "3", `nosheet "2"`},
		{"counted from 1904", func(book *excelize.File) {
			mac := true
			if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &mac}); err != nil {
				t.Fatal(err)
			}
			write(t, book, "Sheet1", 1, list...)
		}, "", ""},
		{"days as text", func(book *excelize.File) {
			write(t, book, "Sheet1", 1, list[0], []any{"José", "2026-05-03", "ochtend"}, []any{"", "3 mei 2026", "middag", "4"})
		}, "", ""},
		{"half of the days as text", func(book *excelize.File) {
			write(t, book, "Sheet1", 1, append(slices.Clone(list), []any{"Ben", "25-5-2026", "avond"})...)
		}, "", `line 4, column 2: halfdays "25-5-2026"`},
		{"too many columns", func(book *excelize.File) {
			write(t, book, "Sheet1", 1, list...)
			if err := book.SetCellValue("Sheet1", "XFD9", "x"); err != nil {
				t.Fatal(err)
			}
		}, "", `line 9, column 51: columns "50"`},
		{"nothing in it", func(*excelize.File) {}, "", "empty"},
	} {
		got, _, err := attendancelist.Hints{Sheet: tt.sheet}.Parse(bytes.NewReader(workbook(t, tt.fill)), today)
		switch {
		case tt.fault == "" && (err != nil || !slices.Equal(got, read)):
			t.Errorf("%s: %+v (%v)", tt.name, got, err)
		case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault) || !errors.Is(err, attendancelist.ErrList)):
			t.Errorf("%s: %v, want %s", tt.name, err, tt.fault)
		}
	}
}

// TestParse_WorkbookBroken: a file cut off, one that unpacks to far more than a list, and
// something else that is packed. None is unpacked to the disk.
func TestParse_WorkbookBroken(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	whole := workbook(t, func(book *excelize.File) { write(t, book, "Sheet1", 1, list...) })
	for name, tt := range map[string]struct {
		file  []byte
		fault string
	}{
		"cut off":     {whole[:len(whole)/2], "broken"},
		"a bomb":      {packed(t, "xl/worksheets/sheet1.xml", 97<<20), `big "96"`},
		"other words": {packed(t, "xl/workbook.xml", 10), "broken"},
		"a document":  {packed(t, "word/document.xml", 10), `kind "ZIP"`},
	} {
		if _, err := attendancelist.Parse(bytes.NewReader(tt.file), today); err == nil || !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s: %v, want %s", name, err, tt.fault)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v (%v)", left, err)
	}
}

// packed is a zip of one file of so many zeros.
func packed(t *testing.T, name string, size int) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w, err := z.Create(name)
	for chunk := make([]byte, min(size, 1<<20)); err == nil && size > 0; size -= len(chunk) {
		_, err = w.Write(chunk)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestParse_WorkbookOfHalfASheet: rows before the place where a sheet goes wrong are not
// taken for the list.
func TestParse_WorkbookOfHalfASheet(t *testing.T) {
	row := func(no int, cells ...string) (xml string) {
		for i, cell := range cells {
			xml += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, no, cell)
		}
		return fmt.Sprintf(`<row r="%d">%s</row>`, no, xml)
	}
	good := row(1, "naam", "dag", "deel") + row(2, "Anna", "2026-05-03", "avond")
	for rows, taken := range map[string]bool{
		good: true, good + "<row": false, good + `<row r="3"><c r="A3"></row>`: false, good + row(3, "&x;"): false,
	} {
		got, err := attendancelist.Parse(bytes.NewReader(withSheet(t, workbookParts(t), rows)), today)
		if (err == nil) != taken {
			t.Errorf("%s: %+v (%v)", rows, got, err)
		}
	}
}

// workbookParts is a workbook to put another sheet into.
func workbookParts(t testing.TB) []*zip.File {
	t.Helper()
	whole := workbook(t, func(book *excelize.File) { write(t, book, "Sheet1", 1, list...) })
	parts, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	return parts.File
}

// withSheet returns the workbook with these rows on its sheet.
func withSheet(t testing.TB, parts []*zip.File, rows string) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	var err error
	for _, part := range parts {
		if part.Name != "xl/worksheets/sheet1.xml" {
			err = errors.Join(err, z.Copy(part))
		}
	}
	w, sheet := z.Create("xl/worksheets/sheet1.xml")
	if err = errors.Join(err, sheet); err == nil {
		_, err = fmt.Fprintf(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>`, rows)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// FuzzParse_Workbook changes the words of a sheet within a workbook that opens.
func FuzzParse_Workbook(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>naam</t></is></c></row>`)
	f.Add(`<row r="9"><c r="B9"><v>46145.5</v></c><c r="ZZZZ1"/></row>`)
	parts := workbookParts(f)
	f.Fuzz(func(t *testing.T, rows string) {
		list, err := attendancelist.Parse(bytes.NewReader(withSheet(t, parts, rows)), today)
		if err != nil && list != nil {
			t.Fatal("rows beside problems")
		}
	})
}
