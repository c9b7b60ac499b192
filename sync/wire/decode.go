package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrMalformed is returned for a body that is not of this schema.
var ErrMalformed = errors.New("malformed message")

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, a...))
}

// VersionOf returns the version that a body says it has, whatever else is in
// it, so that a body of another schema is refused for that and not for a field
// unknown here. A body that is no JSON object with such a number is
// ErrMalformed.
func VersionOf(b []byte) (int, error) {
	var v struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return 0, malformed("%v", err)
	}
	if v.Version == nil {
		return 0, malformed("version: missing")
	}
	return *v.Version, nil
}

// Decode reads exactly one JSON value of type T from b. It is stricter than
// encoding/json, so that two readers of one body can never understand it
// differently: names are spelled exactly and stand once, none is unknown, none
// is missing unless its field is optional (omitempty or omitzero), null stands
// only where a pointer is, and the bytes are UTF-8. All else is ErrMalformed.
// What it takes, encoding/json reads as the same value.
func Decode[T any](b []byte) (T, error) {
	var v, none T
	if !utf8.Valid(b) {
		return none, malformed("no UTF-8")
	}
	if !json.Valid(b) {
		return none, malformed("%v", json.Unmarshal(b, &json.RawMessage{})) // which says where
	}
	s := scanner{text: string(b)}
	if err := s.value(shapeOf(reflect.TypeFor[T]()), reflect.ValueOf(&v).Elem()); err != nil {
		return none, err
	}
	return v, nil
}

// timePattern is RFC 3339, section 5.6, with capital T and Z.
var timePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// scanner reads values from text that is known to be valid JSON. The strings
// that it sets are parts of the text, not copies.
type scanner struct {
	text string
	at   int
}

// next skips white space and returns the byte after it.
func (s *scanner) next() byte {
	for {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
}

// value reads the value that comes next and sets into, which is of want's type.
func (s *scanner) value(want *shape, into reflect.Value) error {
	first := s.next()
	from := s.at
	if want.nullable {
		if first == 'n' {
			s.at += len("null")
			return nil
		}
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	switch {
	case want.kind == kindObject && first == '{':
		return s.object(want, into)
	case want.kind == kindList && first == '[':
		return s.list(want.elem, into)
	case want.kind == kindText && first == '"':
		return s.string(into)
	case want.kind == kindInstant && first == '"':
		return s.instant(into)
	case want.kind == kindWhole && (first == '-' || '0' <= first && first <= '9'):
		return s.whole(into)
	case want.kind == kindTruth && (first == 't' || first == 'f'): // the JSON is valid
		into.SetBool(first == 't')
		s.at += len(strconv.FormatBool(first == 't'))
		return nil
	}
	return malformed("at byte %d: want %s", from, wanted[want.kind])
}

var wanted = map[kind]string{
	kindText: "a text", kindWhole: "a whole number", kindTruth: "true or false", kindInstant: "a time of RFC 3339", kindList: "a list", kindObject: "an object",
}

// quoted returns what stands between quotes, escapes and all.
func (s *scanner) quoted() string {
	s.at++
	from := s.at
	for ; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
	return s.text[from : s.at-1]
}

func (s *scanner) string(into reflect.Value) error {
	from := s.at
	said := s.quoted()
	if strings.Contains(said, `\`) {
		if err := json.Unmarshal([]byte(s.text[from:s.at]), &said); err != nil {
			return malformed("at byte %d: %v", from, err)
		}
	}
	into.SetString(said)
	return nil
}

func (s *scanner) instant(into reflect.Value) error {
	from := s.at
	said := s.quoted()
	if !timePattern.MatchString(said) {
		return malformed("at byte %d: want %s", from, wanted[kindInstant])
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(said)); err != nil {
		return malformed("at byte %d: %v", from, err)
	}
	into.Set(reflect.ValueOf(t))
	return nil
}

func (s *scanner) whole(into reflect.Value) error {
	from := s.at
	for !ends(s.text[s.at]) {
		s.at++
	}
	n, err := strconv.ParseInt(s.text[from:s.at], 10, into.Type().Bits())
	if err != nil {
		return malformed("at byte %d: want %s", from, wanted[kindWhole])
	}
	into.SetInt(n)
	return nil
}

// ends tells whether c is no part of a number. One always follows: a number
// stands in a list or an object.
func ends(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

func (s *scanner) list(want *shape, into reflect.Value) error {
	s.at++ // the bracket
	into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	for n := 0; s.next() != ']'; n++ {
		if n == into.Cap() {
			into.Grow(1)
		}
		into.SetLen(n + 1)
		if err := s.value(want, into.Index(n)); err != nil {
			return err
		}
		if s.next() == ',' {
			s.at++
		}
	}
	s.at++
	return nil
}

func (s *scanner) object(want *shape, into reflect.Value) error {
	s.at++ // the brace
	var seen uint64
	for s.next() != '}' {
		name := s.quoted()
		i := slices.IndexFunc(want.fields, func(f field) bool { return f.name == name })
		switch {
		case i < 0:
			return malformed("unknown field %.40q", name)
		case seen&(1<<i) != 0:
			return malformed("field %q twice", name)
		}
		seen |= 1 << i
		s.next()
		s.at++ // the colon
		if err := s.value(want.fields[i].shape, into.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if s.next() == ',' {
			s.at++
		}
	}
	for i, f := range want.fields {
		if !f.optional && seen&(1<<i) == 0 {
			return malformed("field %q missing", f.name)
		}
	}
	s.at++
	return nil
}
