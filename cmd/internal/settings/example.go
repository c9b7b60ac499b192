package settings

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/tabwriter"
)

// readExample takes the text of an example's tag. A number or a yes that has none
// gives its own; a table has the lines that stand below its head.
func (s *Setting) readExample(text string) {
	s.Example = text
	switch {
	case text == "" && s.kind.Kind() == reflect.Int:
		s.Example = "1"
	case text == "" && s.kind.Kind() == reflect.Bool:
		s.Example = "true"
	case text != "" && s.written():
		text = strings.ReplaceAll(text, "'", `"`)
		if s.Example = text; s.table() {
			s.lines = text
			s.Example = "{ " + strings.ReplaceAll(text, "\n", ", ") + " }"
			if s.kind.Kind() == reflect.Slice {
				s.Example = "[" + s.Example + "]"
			}
		}
	}
}

// table tells whether a file has the setting below a head of its own.
func (s Setting) table() bool {
	switch s.kind.Kind() {
	case reflect.Map, reflect.Struct:
		return true
	case reflect.Slice:
		return s.kind.Elem().Kind() == reflect.Struct
	}
	return false
}

// InFile is a value, written as a flag has it, as the settings file has it.
func (s Setting) InFile(value string) string {
	if s.kind.Kind() == reflect.String {
		return strconv.Quote(value)
	}
	return value
}

// File is an example of a settings file with all settings: what holds by default
// or, where that is no value, the example. What has a head comes last, for in TOML
// all that follows a head is below it.
func File(of any) string {
	var b strings.Builder
	all := Of(of)
	w := tabwriter.NewWriter(&b, 0, 0, 1, ' ', 0)
	for _, s := range all {
		if !s.table() {
			value := s.Default
			if value == "" {
				value = s.Example
			}
			fmt.Fprintf(w, "  %s\t= %s\t # %s\n", s.Name, s.InFile(value), s.Help)
		}
	}
	_ = w.Flush() // into memory
	for _, s := range all {
		if s.table() {
			head := "[" + s.Name + "]"
			if s.kind.Kind() == reflect.Slice {
				head = "[" + head + "]"
			}
			fmt.Fprintf(&b, "\n  %-30s # %s\n  %s\n", head, s.Help, strings.ReplaceAll(s.lines, "\n", "\n  "))
		}
	}
	return b.String()
}
