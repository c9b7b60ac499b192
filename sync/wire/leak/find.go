package leak

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Below these lengths a match in random signatures is too likely to be chance.
// What is shorter in base64 is found by unpacking it.
const (
	minNeedle   = 4
	minLettered = 6 // of base64 and base32
)

// Find returns which of the secrets, given by what they are called, are in the
// traffic, with the encoding each was found in, sorted. Letters match in either
// case, but for those of base64. Besides the secret itself it looks for its hex (with separators too),
// base64 and base32 at every alignment, decimal, UTF-16, the escapes of JSON, of
// URLs and of HTML, and for each of these reversed; and for all of that again
// inside whatever gzip, zlib or base64 the traffic holds.
func Find(traffic []byte, secrets map[string][]byte) []string {
	needles := needlesOf(secrets)
	var found []string
	for _, layer := range layers(traffic, 3) {
		folded := fold(layer.bytes)
		for _, n := range needles {
			if (n.folded && bytes.Contains(folded, n.bytes)) || (!n.folded && bytes.Contains(layer.bytes, n.bytes)) {
				found = append(found, n.name+layer.within)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// needle is one form of a secret.
type needle struct {
	name   string // of the secret and its form
	bytes  []byte
	folded bool // capitals do not matter
}

func needlesOf(secrets map[string][]byte) []needle {
	var out []needle
	for name, secret := range secrets {
		for _, s := range cases(secret) {
			for form, all := range encodings(s) {
				for _, b := range all {
					if len(b) >= minNeedle {
						out = append(out, needle{name + " as " + form, fold(b), true})
					}
				}
			}
			for form, all := range lettered(s) {
				for _, b := range all {
					if len(b) >= minLettered {
						out = append(out, needle{name + " as " + form, b, false})
					}
				}
			}
		}
	}
	return out
}

// fold writes the letters of ASCII small. bytes.ToLower would make one and the
// same of all bytes that are no UTF-8.
func fold(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// cases returns a secret, and when it is text its small and its capital letters
// too, which fold does not know beyond ASCII.
func cases(secret []byte) [][]byte {
	out := [][]byte{secret}
	if utf8.Valid(secret) {
		out = append(out, bytes.ToLower(secret), bytes.ToUpper(secret))
	}
	return out
}

// lettered returns the forms of a secret in which capitals matter.
func lettered(secret []byte) map[string][][]byte {
	all := map[string][][]byte{}
	for order, s := range map[string][]byte{"": secret, ", reversed": reverse(secret)} {
		all["base64"+order] = append(aligned(s, 3, 6, base64.StdEncoding.EncodeToString), aligned(s, 3, 6, base64.URLEncoding.EncodeToString)...)
		all["base32"+order] = aligned(s, 5, 5, base32.StdEncoding.EncodeToString)
	}
	return all
}

func reverse(b []byte) []byte {
	out := bytes.Clone(b)
	slices.Reverse(out)
	return out
}

// encodings returns the other forms that a secret can take, by their names.
func encodings(secret []byte) map[string][][]byte {
	all := map[string][][]byte{}
	for order, s := range map[string][]byte{"": secret, ", reversed": reverse(secret)} {
		all["plain"+order] = [][]byte{s}
		all["hex"+order] = separated(hex.EncodeToString(s))
		all["decimal"+order] = [][]byte{[]byte(new(big.Int).SetBytes(s).String()), decimals(s, ","), decimals(s, ", "), decimals(s, " ")}
		all["percent"+order] = [][]byte{percent(s), []byte(url.QueryEscape(string(s))), []byte(url.PathEscape(string(s)))}
	}
	if utf8.Valid(secret) {
		text := string(secret)
		units := utf16.Encode([]rune(text))
		var le, be []byte
		var escaped, html strings.Builder
		for _, u := range units {
			le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
			fmt.Fprintf(&escaped, `\u%04x`, u)
		}
		some := strings.Builder{} // as JSON writers do that keep ASCII as it is
		for _, r := range text {
			fmt.Fprintf(&html, "&#%d;", r)
			if r < utf8.RuneSelf {
				some.WriteRune(r)
				continue
			}
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&some, `\u%04x`, u)
			}
		}
		all["UTF-16"] = [][]byte{le, be}
		all["JSON escapes"] = [][]byte{[]byte(escaped.String()), []byte(some.String())}
		all["HTML escapes"] = [][]byte{[]byte(html.String())}
	}
	return all
}

// separated returns hex digits with what people put between two of them.
func separated(digits string) [][]byte {
	var out [][]byte
	for _, separator := range []string{"", ":", " ", "-"} {
		var b strings.Builder
		for i := 0; i < len(digits); i += 2 {
			if i > 0 {
				b.WriteString(separator)
			}
			b.WriteString(digits[i : i+2])
		}
		out = append(out, []byte(b.String()))
	}
	return out
}

// aligned returns the letters that hold nothing but s when it stands anywhere
// in an encoding of group bytes, with bits bits a letter.
func aligned(s []byte, group, bits int, encode func([]byte) string) [][]byte {
	var out [][]byte
	for shift := range group {
		text := encode(append(make([]byte, shift), s...))
		from, until := (shift*8+bits-1)/bits, (shift+len(s))*8/bits
		out = append(out, []byte(text[from:until]))
	}
	return out
}

// decimals writes each byte as a number.
func decimals(s []byte, separator string) []byte {
	numbers := make([]string, len(s))
	for i, b := range s {
		numbers[i] = fmt.Sprint(b)
	}
	return []byte(strings.Join(numbers, separator))
}

func percent(s []byte) []byte {
	var b bytes.Buffer
	for _, c := range s {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.Bytes()
}

// layer is traffic, or what some of it unpacks to.
type layer struct {
	bytes  []byte
	within string
}

// layers returns b and all that it unpacks to, down to depth.
func layers(b []byte, depth int) []layer {
	out := []layer{{bytes: b}}
	if depth == 0 {
		return out
	}
	add := func(kind string, inner []byte) {
		if len(inner) < minNeedle {
			return
		}
		for _, l := range layers(inner, depth-1) {
			out = append(out, layer{l.bytes, " within " + kind + l.within})
		}
	}
	for i := range b {
		if bytes.HasPrefix(b[i:], []byte{0x1f, 0x8b, 8}) { // RFC 1952, section 2.3.1
			if r, err := gzip.NewReader(bytes.NewReader(b[i:])); err == nil {
				add("gzip", unpack(r))
			}
		}
		if i+1 < len(b) && b[i]&0x0f == 8 && (int(b[i])<<8|int(b[i+1]))%31 == 0 { // RFC 1950, section 2.2
			if r, err := zlib.NewReader(bytes.NewReader(b[i:])); err == nil {
				add("zlib", unpack(r))
			}
		}
	}
	for _, word := range bytes.FieldsFunc(b, func(r rune) bool { return !isBase64(r) }) {
		if len(word) < minLettered {
			continue
		}
		standard := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(string(word))
		if inner, err := base64.RawStdEncoding.DecodeString(standard); err == nil {
			add("base64", inner)
		}
	}
	return out
}

// isBase64 tells whether r can stand in either alphabet of base64.
func isBase64(r rune) bool {
	return 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '+' || r == '/' || r == '-' || r == '_' || r == '='
}

// unpack reads what it can: what follows packed bytes in traffic is none.
func unpack(r io.Reader) []byte {
	b, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if corrupt := flate.CorruptInputError(0); errors.As(err, &corrupt) && len(b) < 16 {
		return nil // no packed bytes, only what looks like the start of them
	}
	return b
}
