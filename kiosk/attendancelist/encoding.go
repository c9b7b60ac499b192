package attendancelist

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is how a list writes its letters, by the name that its owner says it by.
type Encoding string

// The encodings. Those of more than one byte a letter a file shows by itself.
const (
	EncodingUTF8       Encoding = "utf-8"
	EncodingUTF16      Encoding = "utf-16"
	EncodingWestern    Encoding = "windows-1252"
	EncodingTurkish    Encoding = "windows-1254"
	EncodingCentral    Encoding = "windows-1250"
	EncodingCyrillic   Encoding = "windows-1251"
	EncodingGreek      Encoding = "windows-1253"
	EncodingArabic     Encoding = "windows-1256"
	EncodingMac        Encoding = "macintosh"
	EncodingMacTurkish Encoding = "x-mac-turkish"
	EncodingDOS        Encoding = "ibm850"
	EncodingDOSTurkish Encoding = "ibm857"
)

// ErrEncoding is the name of no encoding that can be said.
var ErrEncoding = errors.New("want an encoding of one byte a letter, such as windows-1254")

// byteEncodings are those that a file cannot show by itself.
func byteEncodings() []Encoding {
	return []Encoding{
		EncodingWestern, EncodingTurkish, EncodingCentral, EncodingCyrillic, EncodingGreek, EncodingArabic,
		EncodingMac, EncodingMacTurkish, EncodingDOS, EncodingDOSTurkish,
	}
}

// ParseEncoding reads one of the names above, or nothing; anything else is ErrEncoding.
func ParseEncoding(s string) (Encoding, error) {
	e := Encoding(strings.ToLower(s))
	if e != "" && !slices.Contains(byteEncodings(), e) {
		return "", fmt.Errorf("%w: %.20q", ErrEncoding, s)
	}
	return e, nil
}

// letter is what a byte stands for, or utf8.RuneError where it is nothing. What x/text
// lacks differs in a few places from what it has (Apple's TURKISH.TXT of 2005 and
// Microsoft's cp857 of 1996, both at unicode.org).
func (e Encoding) letter(b byte) rune {
	var table *charmap.Charmap
	other := ""
	switch e {
	case EncodingTurkish:
		table = charmap.Windows1254
	case EncodingCentral:
		table = charmap.Windows1250
	case EncodingCyrillic:
		table = charmap.Windows1251
	case EncodingGreek:
		table = charmap.Windows1253
	case EncodingArabic:
		table = charmap.Windows1256
	case EncodingMac:
		table = charmap.Macintosh
	case EncodingMacTurkish:
		table, other = charmap.Macintosh, "\xdaĞ\xdbğ\xdcİ\xddı\xdeŞ\xdfş\xf5\ufffd"
	case EncodingDOS:
		table = charmap.CodePage850
	case EncodingDOSTurkish:
		table, other = charmap.CodePage850, "\x8dı\x98İ\x9eŞ\x9fş\xa6Ğ\xa7ğ\xd0º\xd1ª\xd5\ufffd\xe7\ufffd\xe8×\xecì\xedÿ\xf2\ufffd"
	default:
		table = charmap.Windows1252
	}
	for i := 0; i < len(other); {
		r, n := utf8.DecodeRuneInString(other[i+1:])
		if other[i] == b {
			return r
		}
		i += 1 + n
	}
	if r := table.DecodeByte(b); b < utf8.RuneSelf || !unicode.IsControl(r) {
		return r
	}
	return utf8.RuneError
}

// text reads a file in which each byte is a letter.
func (e Encoding) text(file []byte) []byte {
	var letters [256]rune
	for b := range letters {
		letters[b] = e.letter(byte(b))
	}
	text := make([]byte, 0, len(file)+len(file)/8)
	for _, b := range file {
		text = utf8.AppendRune(text, letters[b])
	}
	return text
}

// encodingOf tells in which encoding a file of single bytes is written. Where it may be
// several, of which each gives other letters, it is not guessed: those are the choices.
// Where no encoding that is known by its letters gives words, there are none.
//
// It goes by words: no capital stands behind a small letter, no small one among capitals,
// and no sign of another kind within a word. Windows writes small letters with accents
// from E0 on, a Mac and DOS below A0, where Windows has signs.
func encodingOf(file []byte) (e Encoding, choices []Encoding) {
	high := map[byte]bool{}
	for _, b := range file {
		if b >= utf8.RuneSelf {
			high[b] = true
		}
	}
	western := EncodingWestern.fits(file)
	for b := range high {
		// Letters of Windows, or the apostrophe of "van ’t Hof".
		if western && (b > 0xa0 || b == 0x92 && len(high) == 1) {
			return turkishOrNot(high)
		}
	}
	for _, c := range []Encoding{EncodingWestern, EncodingMac, EncodingMacTurkish, EncodingDOS, EncodingDOSTurkish, EncodingCentral} {
		told := func(other Encoding) bool { return other.same(c, high) }
		if !slices.ContainsFunc(choices, told) && c.fits(file) {
			choices = append(choices, c)
		}
	}
	if len(choices) == 1 {
		return choices[0], nil
	}
	return "", choices
}

// turkishOrNot tells the two encodings of Windows apart that differ in six letters: ğ, ş,
// Ğ and Ş stand where Icelandic has its own. A file that also has letters of Icelandic,
// or of the six only ı and İ, which are ý and Ý in Czech names too, may be either.
func turkishOrNot(high map[byte]bool) (Encoding, []Encoding) {
	any := func(bytes string) bool {
		return slices.ContainsFunc([]byte(bytes), func(b byte) bool { return high[b] })
	}
	switch {
	case any("\x8e\x9e") || !any("\xd0\xdd\xde\xf0\xfd\xfe"): // Ž and ž are in one of them alone
		return EncodingWestern, nil
	case any("\xd0\xde\xf0\xfe") && !any("\xc1\xcd\xd3\xda\xc6\xe1\xed\xf3\xfa\xe6"):
		return EncodingTurkish, nil
	}
	return "", []Encoding{EncodingTurkish, EncodingWestern}
}

// same tells whether two encodings read these bytes alike.
func (e Encoding) same(other Encoding, high map[byte]bool) bool {
	for b := range high {
		if e.letter(b) != other.letter(b) {
			return false
		}
	}
	return true
}

// fits tells whether a file is words when it is read so.
func (e Encoding) fits(file []byte) bool {
	at := func(i int) rune {
		if i < 0 || i >= len(file) {
			return ' '
		}
		return e.letter(file[i])
	}
	for i, b := range file {
		if b >= utf8.RuneSelf && !fitsIn(at(i-2), at(i-1), at(i), at(i+1)) {
			return false
		}
	}
	return true
}

// fitsIn tells whether a sign that is not ASCII can stand between those around it.
func fitsIn(second, before, r, after rune) bool {
	inWord := isWordLetter(before) || isWordLetter(after)
	switch {
	case r == utf8.RuneError:
		return false
	case isWordLetter(r) && unicode.IsUpper(r):
		return !unicode.IsLower(before)
	case isWordLetter(r) && unicode.IsLower(r) && r != 'ß':
		return !unicode.IsUpper(before) || !unicode.IsUpper(after) && !unicode.IsUpper(second)
	case isWordLetter(r), strings.ContainsRune("’´-–—·\u00ad\u00a0", r):
		return true
	case strings.ContainsRune("‘“„‚«‹¿¡", r):
		return !isWordLetter(before)
	case strings.ContainsRune("”»›…", r):
		return !isWordLetter(after)
	}
	return !inWord
}

// isWordLetter leaves out signs that Unicode counts among letters, such as ª and ˆ.
func isWordLetter(r rune) bool {
	return unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r) && r != 'ª' && r != 'º'
}

// lettersAsked asks which encoding it is, by what the first letter that they read
// differently is in each.
func lettersAsked(file []byte, choices []Encoding) *Problem {
	if len(choices) == 0 {
		at := slices.IndexFunc(file, func(b byte) bool { return b >= utf8.RuneSelf })
		return &Problem{Line: lineAt(file, at), Column: 1, Fault: FaultUnknownText}
	}
	at := slices.IndexFunc(file, func(b byte) bool {
		return b >= utf8.RuneSelf && slices.ContainsFunc(choices, func(e Encoding) bool { return e.letter(b) != choices[0].letter(b) })
	})
	found := make([]string, len(choices))
	for i, e := range choices {
		found[i] = fmt.Sprintf("%s (%c)", e, e.letter(file[at]))
	}
	return &Problem{Line: lineAt(file, at), Column: 1, Fault: FaultLetters, Found: strings.Join(found, ", ")}
}
