package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// Source is where the settings of one run come from.
type Source struct {
	// Getenv reads the environment; nil is [os.Getenv].
	Getenv func(string) string

	flags reflect.Value      // see Flags
	given map[string]written // by the setting's name: the place that counted
}

// written is a text that gave settings.
type written struct {
	label   string           // file, flag or variable
	lines   bool             // it has lines worth counting
	places  map[string]place // of what stands in it
	skipped int              // columns ahead of the text that nobody wrote
}

// at names a place in the text.
func (w written) at(line, column int) string {
	if w.lines {
		return fmt.Sprintf("%s: line %d, column %d", w.label, line, column)
	}
	return fmt.Sprintf("%s: column %d", w.label, column-w.skipped)
}

// Flags returns a pointer to a struct with a flag for each setting of a struct,
// for a field of kong.Plugins in a command line. Load finds there what was given.
func (s *Source) Flags(of any) any {
	var fields []reflect.StructField
	for _, x := range Of(of) {
		kind, negatable := reflect.TypeFor[*string](), ""
		if x.kind.Kind() == reflect.Bool {
			kind, negatable = reflect.TypeFor[*bool](), ` negatable:""`
		}
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("Setting%d", x.index), Type: kind,
			Tag: reflect.StructTag(fmt.Sprintf(`name:%q placeholder:%q%s`, x.Flag, x.Value, negatable)),
		})
	}
	s.flags = reflect.New(reflect.StructOf(fields)).Elem()
	return s.flags.Addr().Interface()
}

// Load reads settings into a struct, a pointer to which it takes: flags go before
// the environment, the environment before the file, the file before defaults.
// Without a file's name there need be none. What cannot be read is an [*Error].
func (s *Source) Load(file string, into any) error {
	all, target := Of(into), reflect.ValueOf(into).Elem()
	s.given = make(map[string]written)
	if file != "" {
		if err := s.loadFile(file, into); err != nil {
			return err
		}
	}
	for n, x := range all {
		label, text := s.text(n, x)
		if label == "" {
			continue
		}
		if err := s.set(target.Field(x.index), x, label, text); err != nil {
			return err
		}
	}
	for _, x := range all {
		if v := target.Field(x.index); x.Default != "" && v.IsZero() {
			if err := s.set(v, x, "", x.Default); err != nil {
				return err
			}
		}
	}
	return nil
}

// Gave tells whether a place gave the setting of that name, also when it gave nothing.
func (s *Source) Gave(name string) bool {
	_, given := s.given[name]
	return given
}

func (s *Source) loadFile(file string, into any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there; leave --config out to run on defaults", file)
	} else if err != nil {
		return err
	}
	w := written{label: file, lines: true}
	if w.places, err = decode(text, into, w); err != nil {
		return err
	}
	for name := range w.places {
		top, _, _ := strings.Cut(name, ".")
		s.given[top] = w
	}
	return nil
}

// text is what the command line or else the environment says of the n-th setting,
// and which of them.
func (s *Source) text(n int, x Setting) (label, text string) {
	if s.flags.IsValid() {
		if f := s.flags.Field(n); !f.IsNil() {
			if text = fmt.Sprint(f.Elem().Interface()); text != "" {
				return "--" + x.Flag, text
			}
		}
	}
	getenv := s.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	if text = getenv(x.Env); text != "" {
		return x.Env, text
	}
	return "", ""
}

// set gives a field what a text of the place called label says.
func (s *Source) set(v reflect.Value, x Setting, label, text string) error {
	w := written{label: label}
	if x.written() {
		return s.setTOML(v, x, w, text)
	}
	if label != "" {
		s.given[x.Name] = w
	}
	unfit := &Error{Where: label, Name: x.Name, Found: fmt.Sprintf("%q", text), Want: wanted(x.kind)}
	switch x.kind.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return unfit
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return unfit
		}
		v.SetBool(b)
	}
	return nil
}

// setTOML gives a field a TOML value, instead of one that it may have.
func (s *Source) setTOML(v reflect.Value, x Setting, w written, text string) (err error) {
	begin := x.Name + " = "
	w.skipped = len(begin)
	one := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Setting", Type: x.kind, Tag: reflect.StructTag(fmt.Sprintf("toml:%q", x.Name))}}))
	if w.places, err = decode([]byte(begin+text), one.Interface(), w); err != nil {
		return err
	}
	v.Set(one.Elem().Field(0))
	if w.label != "" {
		s.given[x.Name] = w
	}
	return nil
}
