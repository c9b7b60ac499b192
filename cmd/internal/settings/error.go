package settings

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a setting that cannot be used.
type Error struct {
	Where string // file, line and column, or the flag or variable; "" while not known
	Name  string // as in the file, table by table: hours.ma
	Found string // as it was written; "" for nothing
	Want  string
}

// Error names all that is known.
func (f *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{f.Where, f.Name} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	if f.Found != "" {
		b.WriteString(shortened(f.Found) + ": ")
	}
	b.WriteString("want " + f.Want)
	return b.String()
}

// Unfit returns the Error of a text that was found for a setting.
func Unfit(name, found, want string, a ...any) error {
	return &Error{Name: name, Found: fmt.Sprintf("%q", found), Want: fmt.Sprintf(want, a...)}
}

// Locate returns the Error in err with the place at which its setting stands; an
// error without one, or of a setting that nobody gave, is returned as it is.
func (s *Source) Locate(err error) error {
	var f *Error
	if !errors.As(err, &f) || f.Where != "" {
		return err
	}
	located := *f
	located.Where = s.where(f.Name)
	return &located
}

// where says where a setting, or the nearest table around it, was written.
func (s *Source) where(name string) string {
	top, _, _ := strings.Cut(name, ".")
	from, given := s.given[top]
	if !given {
		return ""
	}
	for ; ; name = name[:strings.LastIndexByte(name, '.')] {
		if p, ok := from.places[name]; ok {
			return from.at(p.line, p.column)
		}
		if !strings.Contains(name, ".") {
			return from.label
		}
	}
}

// shortened is a text of which only the beginning is shown when it is long.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return text
}
