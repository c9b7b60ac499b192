package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
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
func Decode[T any](b []byte) (T, error) {
	var v, none T
	if !utf8.Valid(b) {
		return none, malformed("no UTF-8")
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return none, malformed("%v", err)
	}
	s := scanner{text: b}
	if err := s.value(shapeOf(reflect.TypeFor[T]())); err != nil {
		return none, err
	}
	return v, nil
}

// timePattern is RFC 3339, section 5.6, with capital T and Z.
var timePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// shape is what Decode asks of a value beyond what json.Unmarshal does.
type shape struct {
	nullable bool
	time     bool
	elem     *shape  // of a list
	fields   []field // of an object
}

// field is a field of an object. There are fewer than 64 in each, so that those
// seen are bits of one number.
type field struct {
	name     string
	optional bool
	shape    *shape
}

func shapeOf(t reflect.Type) *shape {
	s := &shape{}
	if t.Kind() == reflect.Pointer {
		s.nullable = true
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		s.time = true
	case t.Kind() == reflect.Slice:
		s.elem = shapeOf(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.fields = append(s.fields, field{name, options != "", shapeOf(f.Type)})
		}
	}
	return s
}

// scanner walks over text that json.Unmarshal took: it is valid JSON, and its
// values fit the fields that they are for.
type scanner struct {
	text []byte
	at   int
}

// next skips white space and returns the byte after it.
func (s *scanner) next() byte {
	for strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	return s.text[s.at]
}

func (s *scanner) value(want *shape) error {
	switch s.next() {
	case 'n': // ull
		if !want.nullable {
			return malformed("null at byte %d", s.at)
		}
		s.at += len("null")
	case '{':
		return s.object(want)
	case '[':
		return s.list(want)
	case '"':
		if text := s.quoted(); want.time && !timePattern.Match(text) {
			return malformed("at byte %d: want a time of RFC 3339", s.at)
		}
	default: // a number, true or false
		for s.at < len(s.text) && strings.IndexByte(",]} \t\r\n", s.text[s.at]) < 0 {
			s.at++
		}
	}
	return nil
}

// quoted returns what stands between quotes, escapes and all.
func (s *scanner) quoted() []byte {
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

func (s *scanner) list(want *shape) error {
	s.at++ // the bracket
	for s.next() != ']' {
		if err := s.value(want.elem); err != nil {
			return err
		}
		if s.next() == ',' {
			s.at++
		}
	}
	s.at++
	return nil
}

func (s *scanner) object(want *shape) error {
	s.at++ // the brace
	var seen uint64
	for s.next() != '}' {
		name := s.quoted()
		i := slices.IndexFunc(want.fields, func(f field) bool { return f.name == string(name) })
		switch {
		case i < 0:
			return malformed("unknown field %.40q", name)
		case seen&(1<<i) != 0:
			return malformed("field %q twice", name)
		}
		seen |= 1 << i
		s.next()
		s.at++ // the colon
		if err := s.value(want.fields[i].shape); err != nil {
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
