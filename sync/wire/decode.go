package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
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
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := conform(d, reflect.TypeFor[T]()); err != nil {
		return none, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return none, malformed("more than one value")
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return none, malformed("%v", err)
	}
	return v, nil
}

// timePattern is RFC 3339, section 5.6, with capital T and Z.
var timePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

// conform reads the next value of d and compares its shape to t. It leaves to
// json.Unmarshal whether a string or a number fits the field it is for.
func conform(d *json.Decoder, t reflect.Type) error {
	token, err := d.Token()
	if err != nil {
		return malformed("%v", err)
	}
	if token == nil {
		if t.Kind() != reflect.Pointer {
			return malformed("null at byte %d", d.InputOffset())
		}
		return nil
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, isDelim := token.(json.Delim)
	switch {
	case t == reflect.TypeFor[time.Time]():
		if s, ok := token.(string); !ok || !timePattern.MatchString(s) {
			return malformed("at byte %d: want a time of RFC 3339", d.InputOffset())
		}
	case t.Kind() == reflect.Struct:
		if token != json.Delim('{') {
			return malformed("at byte %d: want an object", d.InputOffset())
		}
		return conformObject(d, t)
	case t.Kind() == reflect.Slice:
		if token != json.Delim('[') {
			return malformed("at byte %d: want a list", d.InputOffset())
		}
		for d.More() {
			if err := conform(d, t.Elem()); err != nil {
				return err
			}
		}
		return closing(d)
	case isDelim:
		return malformed("at byte %d: want one value", d.InputOffset())
	}
	return nil
}

// conformObject reads the fields of an object and its closing brace.
func conformObject(d *json.Decoder, t reflect.Type) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return malformed("%v", err)
		}
		name, _ := token.(string) // a field's name, or d.Token had failed
		field, known := fieldOf(t, name)
		switch {
		case !known:
			return malformed("unknown field %.40q", name)
		case seen[name]:
			return malformed("field %q twice", name)
		}
		seen[name] = true
		if err := conform(d, field.Type); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for i := range t.NumField() {
		if name, optional := nameOf(t.Field(i)); !optional && !seen[name] {
			return malformed("field %q missing", name)
		}
	}
	return closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return malformed("%v", err)
	}
	return nil
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if n, _ := nameOf(t.Field(i)); n == name {
			return t.Field(i), true
		}
	}
	return reflect.StructField{}, false
}

// nameOf returns how a field is written, and whether it may be left out.
func nameOf(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, options != ""
}
