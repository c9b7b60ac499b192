package wire

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// shape is what Decode asks of a value: it is worked out once for each type.
type shape struct {
	kind     kind
	nullable bool    // a pointer: null leaves it nil
	elem     *shape  // of a list
	fields   []field // of an object
}

// kind is what JSON can say of a value.
type kind int

const (
	kindText kind = iota
	kindWhole
	kindTruth
	kindInstant
	kindList
	kindObject
)

// field is a field of an object. There are fewer than 64 in each, so that those
// seen are bits of one number.
type field struct {
	name     string
	optional bool
	shape    *shape
}

var shapes sync.Map // reflect.Type to *shape

func shapeOf(t reflect.Type) *shape {
	known, ok := shapes.Load(t)
	if !ok {
		known, _ = shapes.LoadOrStore(t, newShape(t))
	}
	return known.(*shape)
}

// newShape panics for a type that no message of this package may hold.
func newShape(t reflect.Type) *shape {
	s := &shape{}
	if t.Kind() == reflect.Pointer {
		s.nullable = true
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		s.kind = kindInstant
	case t.Kind() == reflect.String:
		s.kind = kindText
	case t.Kind() == reflect.Bool:
		s.kind = kindTruth
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		s.kind = kindWhole
	case t.Kind() == reflect.Slice:
		s.kind, s.elem = kindList, newShape(t.Elem())
	case t.Kind() == reflect.Struct:
		s.kind = kindObject
		for i := range t.NumField() {
			f := t.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.fields = append(s.fields, field{name, options != "", newShape(f.Type)})
		}
	default:
		panic(fmt.Sprintf("wire: no message may hold a %s", t))
	}
	return s
}
