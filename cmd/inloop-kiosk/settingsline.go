package main

import (
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

// lineOf finds the line on which a setting, or the table of it, begins: from 1,
// or 0 if nowhere.
func lineOf(text string, path ...string) int {
	var table []string
	entries := map[string]int{} // of lists of tables
	want := strings.Join(path, ".")
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		var here []string
		if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
			head, _, _ := strings.Cut(line, "]")
			table = names(strings.Trim(head, "[ "))
			if strings.HasPrefix(line, "[[") {
				entries[table[0]]++
				table = append(table, strconv.Itoa(entries[table[0]]))
			}
			here = table
		} else if name, _, ok := strings.Cut(line, "="); ok {
			here = append(append(here, table...), names(name)...)
		}
		if strings.Join(here, ".") == want {
			return n + 1
		}
	}
	return 0
}

// names are the parts of a dotted key, without their quotation marks.
func names(key string) (parts []string) {
	for part := range strings.SplitSeq(key, ".") {
		parts = append(parts, strings.Trim(strings.TrimSpace(part), `"'`))
	}
	return parts
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
