package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// misset is a setting of the file that cannot be used. path is where it stands,
// table by table; a number counts the entries of a list of tables from 1.
type misset struct {
	path []string
	err  error
}

func (m *misset) Error() string { return strings.Join(m.path, ".") + ": " + m.err.Error() }

func (m *misset) Unwrap() error { return m.err }

// off returns a misset, or nil for none.
func off(err error, path ...string) error {
	if err == nil {
		return nil
	}
	return &misset{path, err}
}

// located adds the line on which a misset stands, where that is found.
func located(text string, err error) error {
	if m := (*misset)(nil); errors.As(err, &m) {
		if line := lineOf(text, strings.Join(m.path, ".")); line > 0 {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	return err
}

// lineOf finds the line on which a setting, or the table of it, begins: from 1,
// or 0 if nowhere. An entry of a list of tables is found by its number, or the
// first of all that have the setting without one.
func lineOf(text, setting string) int {
	var table, entry string // the entry is its table with a number
	entries := map[string]int{}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		name := "" // within the table
		if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
			head, _, _ := strings.Cut(line, "]")
			table = unquoted(strings.Trim(head, "[ "))
			if entry = table; strings.HasPrefix(line, "[[") {
				entries[table]++
				entry += "." + strconv.Itoa(entries[table])
			}
		} else if before, _, ok := strings.Cut(line, "="); ok {
			name = "." + unquoted(before)
		} else {
			continue
		}
		for _, in := range []string{table, entry} {
			if strings.TrimPrefix(in+name, ".") == setting {
				return n + 1
			}
		}
	}
	return 0
}

// unquoted is a dotted key without the quotation marks of its parts.
func unquoted(key string) string {
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}

// otherKind is how the library tells a value of another kind than the setting's.
var otherKind = regexp.MustCompile(`line (\d+) \(last key "([^"]+)"\): incompatible types: .* destination has type (\w+)`)

// inWords says an error of the library as whoever wrote the file would.
func inWords(err error) error {
	m := otherKind.FindStringSubmatch(err.Error())
	if m == nil {
		return err
	}
	kinds := map[string]string{
		"integer": "a whole number such as 40", "string": `a text between quotation marks`,
		"slice": `a list such as ["10:00-17:00"]`, "boolean": "true or false",
	}
	kind, known := kinds[m[3]]
	if !known {
		kind = "another kind of value; see inloop-kiosk help settings"
	}
	return fmt.Errorf("line %s: %s: want %s", m[1], m[2], kind)
}
