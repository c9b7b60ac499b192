package attendancelist

import (
	"errors"
	"fmt"
	"strings"
)

// ErrList is what every [Problems] is: a list that cannot be taken as it stands.
var ErrList = errors.New("list cannot be taken")

// ListFault is what is wrong at one place of a list. Its sentence stands in the
// translations, as lists.fault and this word.
type ListFault string

// What can be wrong with a list. Found is what [Problem.Found] holds.
const (
	FaultMore        ListFault = "more"        // there are more than are told
	FaultBig         ListFault = "big"         // Found megabytes at most
	FaultRows        ListFault = "rows"        // Found rows at most
	FaultColumns     ListFault = "columns"     // Found columns at most
	FaultBroken      ListFault = "broken"      // a workbook that cannot be read
	FaultSheets      ListFault = "sheets"      // a workbook of Found sheets, and none is named
	FaultNoSheet     ListFault = "nosheet"     // none of its Found sheets is the one that is named
	FaultHalfDays    ListFault = "halfdays"    // a workbook with days and with dates as text such as Found
	FaultKind        ListFault = "kind"        // no text: Found is what it is, such as PDF
	FaultOldSheet    ListFault = "oldsheet"    // an .xls, or a workbook under a password
	FaultNoText      ListFault = "notext"      // bytes of no writing that we know
	FaultLetters     ListFault = "letters"     // letters that may be several: Found are the encodings, each with what it reads
	FaultUnknownText ListFault = "unknowntext" // letters of no encoding that is known by them
	FaultTwoTexts    ListFault = "twotexts"    // UTF-8 and an encoding of one byte a letter in one file
	FaultEmpty       ListFault = "empty"       // nothing in it
	FaultOneColumn   ListFault = "onecolumn"   // a heading in which nothing separates columns
	FaultHead        ListFault = "head"        // a heading that means nothing to us
	FaultNoHead      ListFault = "nohead"      // Found is the column that is missing
	FaultHeadTwice   ListFault = "headtwice"   // a second column of the same meaning, first is column Found
	FaultOneCell     ListFault = "onecell"     // a row that nothing separates
	FaultCommas      ListFault = "commas"      // a row separated by commas, unlike the heading
	FaultSemicolons  ListFault = "semicolons"  // by semicolons
	FaultTabs        ListFault = "tabs"        // by tabs
	FaultTooMany     ListFault = "toomany"     // a cell beyond the last column
	FaultQuotes      ListFault = "quotes"      // quotation marks that do not match
	FaultLabel       ListFault = "label"       // Found letters at most, on one line
	FaultNoLetter    ListFault = "noletter"    // a label in which nothing is a letter
	FaultFormula     ListFault = "formula"     // for a label what a formula that failed leaves, Found
	FaultDay         ListFault = "day"         // no calendar day: Found
	FaultShortYear   ListFault = "shortyear"   // a year of two digits: Found
	FaultOrder       ListFault = "order"       // day or month first? Found can be both
	FaultTwoOrders   ListFault = "twoorders"   // Found has the other order than line Other
	FaultAhead       ListFault = "ahead"       // Found lies ahead
	FaultLongAgo     ListFault = "longago"     // Found lies before the year 2000
	FaultPart        ListFault = "part"        // no part of the day: Found
	FaultNotBegun    ListFault = "notbegun"    // part Found of today is still to come
	FaultSame        ListFault = "same"        // said to be the one whom they look like, of whom there are Found
	FaultGuests      ListFault = "guests"      // want a person, or guests from 0 to Found
	FaultBoth        ListFault = "both"        // a person and guests in one row
	FaultGuestsTwo   ListFault = "gueststwo"   // line Other gives another number
)

// Problem is one thing wrong with a list. It never repeats a person's label.
type Problem struct {
	Line   int // from 1
	Column int // from 1, as a spreadsheet counts, or 0 for the whole row
	Fault  ListFault
	Found  string // what was found or what is the limit, as the fault says
	Other  int    // the line that it is about as well, or 0
}

func (f Problem) String() string {
	text := fmt.Sprintf("line %d", f.Line)
	if f.Column != 0 {
		text += fmt.Sprintf(", column %d", f.Column)
	}
	text += ": " + string(f.Fault)
	if f.Found != "" {
		text += fmt.Sprintf(" %q", f.Found)
	}
	if f.Other != 0 {
		text += fmt.Sprintf(" (line %d)", f.Other)
	}
	return text
}

// Problems are all that is wrong with a list, up to a hundred, in the order of
// the file. It is an ErrList.
type Problems []Problem

func (f Problems) Error() string {
	lines := make([]string, len(f))
	for i, problem := range f {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Is makes every Problems an ErrList.
func (Problems) Is(err error) bool { return err == ErrList }
