package settings

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"
)

// Setting is one setting of a program, as the tags of its field tell it.
type Setting struct {
	Field   string // in the struct
	Name    string // in the file
	Flag    string // without its dashes
	Env     string // variable of the environment
	Value   string // what the help calls a value
	Default string // "" for none
	Unset   string // what holds without one, in words
	Help    string // a line for the operator
	Example string // another value than the default, as a flag has it

	index int
	kind  reflect.Type
	lines string // the example of a table, as a file has it below its head
}

// Of lists the settings of a struct, or of a pointer to one, in their order.
func Of(of any) []Setting {
	t := reflect.Indirect(reflect.ValueOf(of)).Type()
	var all []Setting
	for i := range t.NumField() {
		f := t.Field(i)
		s := Setting{
			Name: f.Tag.Get("toml"), Env: f.Tag.Get("env"), Value: f.Tag.Get("value"), Default: f.Tag.Get("default"), Unset: f.Tag.Get("unset"), Help: f.Tag.Get("help"),
			Field: f.Name, index: i, kind: f.Type,
		}
		s.readExample(f.Tag.Get("example"))
		if s.Name == "" || s.Help == "" || s.Example == "" {
			panic(fmt.Sprintf("settings: field %s has no toml, no help or no example", f.Name)) // of a program that no test has started
		}
		s.Flag = strings.ReplaceAll(s.Name, "_", "-")
		if s.Env == "" {
			s.Env = "INLOOP_" + strings.ToUpper(s.Name)
		}
		all = append(all, s)
	}
	return all
}

// written tells whether a flag's or a variable's text is a TOML value.
func (s Setting) written() bool {
	switch s.kind.Kind() {
	case reflect.String, reflect.Int, reflect.Bool:
		return false
	}
	return true
}

// Fallback is the default as the help says it.
func (s Setting) Fallback() string {
	for _, text := range []string{s.Default, s.Unset} {
		if text != "" {
			return text
		}
	}
	return "none"
}

// Listing is the list of settings for a terminal: flag, meaning, variable, default.
func Listing(of any) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range Of(of) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", s.Usage(), s.Help, s.Env, s.Fallback())
	}
	_ = w.Flush() // into memory
	return b.String()
}

// Usage is the flag with what follows it.
func (s Setting) Usage() string { return strings.TrimSpace("--" + s.Flag + " " + s.Value) }
