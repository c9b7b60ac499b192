package settings

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// place is where a value stands in a text, from 1 and in characters, and how it
// is written there.
type place struct {
	line, column int
	text         string
}

// decode reads TOML into a struct and returns the places of all values. A key
// that is no setting is a fault, because a typing error that is passed over is a
// setting that silently does not hold.
func decode(text []byte, into any, w written) (map[string]place, error) {
	places, keys := placesIn(text)
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(into)
	var unknown *toml.StrictMissingError
	var at *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		line, column := position(text, &unknown.Errors[0])
		return nil, fmt.Errorf("%s: %s: no such setting; see help settings", w.at(line, column), placedAt(keys, line, column))
	case errors.As(err, &at):
		line, column := position(text, at)
		return nil, inWords(at, w.at(line, column), placedAt(places, line, column), places, into)
	}
	return places, err
}

// inWords says an error of the library as whoever wrote the file would.
func inWords(err *toml.DecodeError, where, name string, places map[string]place, into any) error {
	if name == "" {
		name = strings.Join(err.Key(), ".")
	}
	if kind := kindOf(reflect.TypeOf(into).Elem(), name); kind != nil {
		return &Error{Where: where, Name: name, Found: places[name].text, Want: wanted(kind)}
	}
	return fmt.Errorf("%s: %s", where, strings.TrimPrefix(err.Error(), "toml: "))
}

// wanted is how a value of a kind is written.
func wanted(kind reflect.Type) string {
	switch kind.Kind() {
	case reflect.Int:
		return "a whole number such as 40"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		if kind.Elem().Kind() == reflect.Struct {
			return "a list of tables, each with a head in double brackets"
		}
		return `a list such as ["10:00-17:00"]`
	case reflect.Map, reflect.Struct:
		return "a table, with a head in brackets"
	}
	return "a text between quotation marks"
}

// kindOf is the kind of the setting with a name, nil for a name that there is not.
func kindOf(t reflect.Type, name string) reflect.Type {
	for part := range strings.SplitSeq(name, ".") {
		switch t.Kind() {
		case reflect.Map, reflect.Slice:
			t = t.Elem()
		case reflect.Struct:
			found := false
			for i := range t.NumField() {
				if f := t.Field(i); f.Tag.Get("toml") == part {
					t, found = f.Type, true
					break
				}
			}
			if !found {
				return nil
			}
		default:
			return nil
		}
	}
	return t
}

// placesIn finds where each value stands: hours.ma, hours.ma.2 for the second
// of a list, programme.1.title; and where its key does. It ends where the text is
// no TOML any more.
func placesIn(text []byte) (places, keys map[string]place) {
	f := finder{text: text, places: make(map[string]place), keys: make(map[string]place), entries: make(map[string]int)}
	f.parser.Reset(text)
	table := ""
	for f.parser.NextExpression() {
		switch n := f.parser.Expression(); n.Kind {
		case unstable.Table:
			table = f.key("", n)
		case unstable.ArrayTable:
			name := f.key("", n)
			f.entries[name]++
			table = name + "." + strconv.Itoa(f.entries[name])
			f.places[table] = f.places[name]
		case unstable.KeyValue:
			f.keyValue(table, n)
		}
	}
	return f.places, f.keys
}

// finder collects places.
type finder struct {
	text    []byte
	parser  unstable.Parser
	places  map[string]place
	keys    map[string]place
	entries map[string]int // of each list of tables
}

// key is the name of what a node stands for, noted where the key stands.
func (f *finder) key(table string, n *unstable.Node) string {
	name := table
	var last *unstable.Node
	for keys := n.Key(); keys.Next(); {
		last = keys.Node()
		name = strings.TrimPrefix(name+"."+string(last.Data), ".")
	}
	f.note(name, last.Raw)
	f.keys[name] = f.places[name]
	return name
}

func (f *finder) keyValue(table string, n *unstable.Node) { f.value(f.key(table, n), n.Value()) }

func (f *finder) value(name string, n *unstable.Node) {
	if n.Raw.Length > 0 {
		f.note(name, n.Raw)
	}
	switch n.Kind {
	case unstable.InlineTable:
		for all := n.Children(); all.Next(); {
			if all.Node().Kind == unstable.KeyValue {
				f.keyValue(name, all.Node())
			}
		}
	case unstable.Array:
		i := 0
		for all := n.Children(); all.Next(); {
			if all.Node().Kind == unstable.Comment {
				continue
			}
			i++
			f.value(name+"."+strconv.Itoa(i), all.Node())
		}
	}
}

func (f *finder) note(name string, r unstable.Range) {
	p := f.parser.Shape(r).Start
	line, column := inCharacters(f.text, p.Line, p.Column)
	f.places[name] = place{line, column, string(f.parser.Raw(r))}
}

// placedAt is the name of the value, or the key, that stands at a place, "" for none.
func placedAt(places map[string]place, line, column int) string {
	for name, p := range places {
		if p.line == line && p.column == column {
			return name
		}
	}
	return ""
}

func position(text []byte, err *toml.DecodeError) (line, column int) {
	line, column = err.Position()
	return inCharacters(text, line, column)
}

// inCharacters turns a column in bytes into one in characters, as editors count.
func inCharacters(text []byte, line, column int) (int, int) {
	lines := bytes.Split(text, []byte("\n"))
	if line < 1 || line > len(lines) {
		return line, column
	}
	before := lines[line-1]
	return line, utf8.RuneCount(before[:min(column-1, len(before))]) + 1
}
