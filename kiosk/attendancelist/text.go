package attendancelist

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// decode returns the file as UTF-8 text without byte order marks, with lines that
// end in \n, and in which encoding it was: the one that is said where the file does not
// show it. What it cannot read is one problem.
func decode(file []byte, said Encoding) (text []byte, is Encoding, bad *Problem) {
	if what := kindOf(file); what != "" {
		return nil, "", what.problem()
	}
	is = EncodingUTF8
	if order := utf16Order(file); order != nil {
		file, is = fromUTF16(file, order), EncodingUTF16
	}
	// A spreadsheet that opens a file with a mark and writes another makes two.
	for bytes.HasPrefix(file, []byte("\ufeff")) {
		file = bytes.TrimPrefix(file, []byte("\ufeff"))
	}
	if at := bytes.IndexByte(file, 0); at >= 0 {
		return nil, "", &Problem{Line: lineAt(file, at), Column: 1, Fault: FaultNoText}
	}
	if !utf8.Valid(file) {
		if is, bad = byteEncoding(file, said); bad != nil {
			return nil, "", bad
		}
		file = is.text(file)
	}
	// What was lost before it came here could be anybody.
	if at := bytes.IndexRune(file, utf8.RuneError); at >= 0 {
		return nil, "", &Problem{Line: lineAt(file, at), Column: 1, Fault: FaultNoText}
	}
	// A lone CR ends a line in files of old spreadsheets, which encoding/csv
	// does not know.
	if !bytes.Contains(file, []byte("\n")) {
		file = bytes.ReplaceAll(file, []byte("\r"), []byte("\n"))
	}
	return file, is, nil
}

func lineAt(file []byte, at int) int { return 1 + bytes.Count(file[:at], []byte("\n")) }

// kind is what a file is that is no text.
type kind string

const (
	oldSheet kind = "XLS"
	zipped   kind = "ZIP"
)

// kindOf knows a file by how it begins; empty is text, as far as that tells.
func kindOf(file []byte) kind {
	for _, k := range []struct {
		begin string
		what  kind
	}{
		{"%PDF", "PDF"}, {"PK\x03\x04", zipped}, {"\xd0\xcf\x11\xe0", oldSheet}, {"{\\rtf", "RTF"},
		{"\x89PNG", "PNG"}, {"\xff\xd8\xff", "JPEG"}, {"\x1f\x8b", "GZIP"}, {"<!DOCTYPE", "HTML"}, {"<html", "HTML"}, {"<?xml", "XML"},
	} {
		if bytes.HasPrefix(file, []byte(k.begin)) {
			return k.what
		}
	}
	return ""
}

// isWorkbook tells an .xlsx, which is packed, from other files that are: by the names
// of what is in it, which stand in the open.
func isWorkbook(file []byte) bool {
	return kindOf(file) == zipped && bytes.Contains(file, []byte("xl/"))
}

func (k kind) problem() *Problem {
	if k == oldSheet {
		return &Problem{Line: 1, Column: 1, Fault: FaultOldSheet}
	}
	return &Problem{Line: 1, Column: 1, Fault: FaultKind, Found: string(k)}
}

// utf16Order is how the file writes its pairs of bytes, by its mark, or without one by
// the zeros beside the plain letters of a heading; nil is no UTF-16.
func utf16Order(file []byte) binary.ByteOrder {
	switch {
	case len(file) < 2:
		return nil
	case file[0] == 0xff && file[1] == 0xfe, file[0] != 0 && file[1] == 0:
		return binary.LittleEndian
	case file[0] == 0xfe && file[1] == 0xff, file[0] == 0 && file[1] != 0:
		return binary.BigEndian
	}
	return nil
}

// fromUTF16 keeps half a pair at the end as a zero, for decode to refuse.
func fromUTF16(file []byte, order binary.ByteOrder) []byte {
	text := make([]uint16, (len(file)+1)/2)
	for i := range len(file) / 2 {
		text[i] = order.Uint16(file[2*i:])
	}
	return []byte(string(utf16.Decode(text)))
}

// byteEncoding is what the owner of a file said, or what its bytes show. A file that
// also has letters of UTF-8 is of two minds: read as one of them, somebody would come in
// under a name of odd signs.
func byteEncoding(file []byte, said Encoding) (Encoding, *Problem) {
	if said != "" {
		return said, nil
	}
	odd, two := -1, false
	for at := 0; at < len(file); {
		r, n := utf8.DecodeRune(file[at:])
		if r == utf8.RuneError && n == 1 && odd < 0 {
			odd = at
		}
		two = two || n > 1
		at += n
	}
	if two {
		return "", &Problem{Line: lineAt(file, odd), Column: 1, Fault: FaultTwoTexts}
	}
	is, choices := encodingOf(file)
	if is == "" {
		return "", lettersAsked(file, choices)
	}
	return is, nil
}
