package attendancelist

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/inloop/sync/count"
)

// maxUnpacked is how large a workbook may be unpacked, ten times what 200,000 rows in
// 16 MB of text hold: a packed file of a few kB can otherwise fill a machine.
const maxUnpacked = 96 << 20

// readWorkbook reads one sheet of an .xlsx: the one that is named by its name or its
// number from 1, or the only one that is in sight and has something in it.
func readWorkbook(file []byte, sheet string) (t table) {
	// The reader of workbooks is not ours, and a file is whatever people have.
	defer func() {
		if recover() != nil {
			t = table{end: &Problem{Line: 1, Fault: FaultBroken}}
		}
	}()
	// Both limits the same: above the second it unpacks into a folder for temporary
	// files, where names would lie in the open.
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return table{end: unopened(err)}
	}
	defer func() { _ = book.Close() }() // nothing of it is on the disk
	if !wellFormed(file) {
		return table{end: &Problem{Line: 1, Fault: FaultBroken}}
	}
	name, bad := choose(book, sheet)
	if bad != nil {
		return table{end: bad}
	}
	t.epoch, t.sheet = epoch(book), name
	t.readSheet(book, name)
	return t
}

// unopened says why a file that is packed as workbooks are is none that we can read.
func unopened(err error) *Problem {
	if strings.Contains(err.Error(), "size exceeds") {
		return &Problem{Line: 1, Fault: FaultBig, Found: strconv.Itoa(maxUnpacked >> 20)}
	}
	return &Problem{Line: 1, Fault: FaultBroken}
}

// wellFormed reads all rows and words once as XML: the reader of workbooks takes the
// place where they go wrong for their end, and half a list is a false one.
func wellFormed(file []byte) bool {
	packed, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return false
	}
	for _, part := range packed.File {
		if name := strings.ToLower(part.Name); strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml" {
			if !wellFormedPart(part) {
				return false
			}
		}
	}
	return true
}

func wellFormedPart(part *zip.File) bool {
	r, err := part.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	for words := xml.NewDecoder(r); ; {
		if _, err := words.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// choose returns the name of the sheet that is meant.
func choose(book *excelize.File, sheet string) (name string, bad *Problem) {
	all := book.GetSheetList()
	used := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		seen, err := book.GetSheetVisible(name)
		return err == nil && !seen || blank(book, name)
	})
	no := number(sheet)
	switch i := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, sheet) }); {
	case len(all) == 0:
		return "", &Problem{Line: 1, Fault: FaultBroken}
	case sheet != "" && i >= 0:
		return all[i], nil
	case sheet != "" && no >= 1 && no <= len(all):
		return all[no-1], nil
	case sheet != "":
		return "", &Problem{Line: 1, Fault: FaultNoSheet, Found: strconv.Itoa(len(all))}
	case len(used) == 0:
		return all[0], nil
	case len(used) > 1:
		return "", &Problem{Line: 1, Fault: FaultSheets, Found: strconv.Itoa(len(all))}
	}
	return used[0], nil
}

// blank tells whether a sheet has nothing in it, as the second and third of a new
// workbook had for years.
func blank(book *excelize.File, name string) bool {
	var t table
	t.eachRow(book, name, func(no int, cells []string) bool {
		return t.add(no, cells) && len(t.lines) == 0
	})
	return len(t.lines) == 0 && t.end == nil
}

// readSheet takes the rows of a sheet as they are kept: a date is a number of days.
func (t *table) readSheet(book *excelize.File, name string) { t.eachRow(book, name, t.add) }

func (t *table) eachRow(book *excelize.File, name string, take func(no int, cells []string) bool) {
	rows, err := book.Rows(name)
	if err != nil {
		t.end = &Problem{Line: 1, Fault: FaultBroken}
		return
	}
	defer func() { _ = rows.Close() }()
	for no := 1; rows.Next(); no++ {
		cells, err := rows.Columns()
		if err != nil {
			t.end = &Problem{Line: no, Fault: FaultBroken}
			return
		}
		if !take(no, cells) {
			return
		}
	}
	if err := rows.Error(); err != nil && !errors.Is(err, excelize.ErrMaxRows) {
		t.end = &Problem{Line: 1, Fault: FaultBroken}
	}
}

// epoch is the day from which a workbook counts: those of old Macs begin in 1904. The
// other kind takes 1900 for a leap year, which is past before our first day.
func epoch(book *excelize.File) count.Day {
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		return count.Date(1904, time.January, 1)
	}
	return count.Date(1899, time.December, 30)
}

// date reads the day of a row. Only a workbook keeps days as numbers, with the time of
// day behind the point.
func (t *table) date(cell string) written {
	if t.epoch != 0 {
		whole, _, _ := strings.Cut(cell, ".")
		if n := number(whole); n >= 0 {
			if n > 100_000 {
				return written{fault: FaultDay}
			}
			return written{day: t.epoch + count.Day(n), serial: true}
		}
	}
	return readDate(cell)
}
