// Package settingstest holds what every program's settings promise, for the tests
// of each program: [Reach] that a setting gets from flag, environment and file to
// where it is used, [Readme] that the README lists them.
package settingstest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.org/inloop/cmd/internal/settings"
)

// Load reads settings as the program does, from a file's text and a command line.
// It returns the struct of settings, and what else the program made of them.
type Load func(t *testing.T, file string, args ...string) (set, made any, err error)

// Reach gives each setting of a struct, alone, by file, flag and environment, and
// looks whether the program runs otherwise by it: either something else is made of
// the settings, or the code in the folders reads the field itself, as cfg.Field.
func Reach(t *testing.T, of any, load Load, folders ...string) {
	t.Helper()
	plainSet, plainMade, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	read := fieldsRead(t, folders)
	for _, s := range settings.Of(of) {
		t.Run(s.Name, func(t *testing.T) {
			set, made, err := load(t, s.Name+" = "+s.InFile(s.Example)+"\n")
			if err != nil {
				t.Fatalf("in the file: %v", err)
			}
			byFlag, _, err := load(t, "", "--"+s.Flag+"="+s.Example)
			if err != nil || !reflect.DeepEqual(byFlag, set) {
				t.Errorf("--%s: %+v, %v; by the file %+v", s.Flag, byFlag, err, set)
			}
			t.Setenv(s.Env, s.Example)
			byEnvironment, _, err := load(t, "")
			if err != nil || !reflect.DeepEqual(byEnvironment, set) {
				t.Errorf("%s: %+v, %v; by the file %+v", s.Env, byEnvironment, err, set)
			}
			if reflect.DeepEqual(set, plainSet) {
				t.Errorf("nothing changes by %s: want an example that is not the default", s.Example)
			}
			if reflect.DeepEqual(made, plainMade) && !read[s.Field] {
				t.Errorf("it does not reach the program: nothing is made of it, and no line in %s reads cfg.%s", strings.Join(folders, ", "), s.Field)
			}
		})
	}
}

// fieldsRead are the names that code in the folders reads of something called cfg.
func fieldsRead(t *testing.T, folders []string) map[string]bool {
	t.Helper()
	read := make(map[string]bool)
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && lastName(s.X) == "cfg" {
					read[s.Sel.Name] = true
				}
				return true
			})
		}
	}
	return read
}

// lastName is cfg for both cfg and r.cfg.
func lastName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// markdown is the list of settings as the README has it.
func markdown(of any) string {
	var b strings.Builder
	b.WriteString("| in the file | as a flag | in the environment | by default | what it is |\n|---|---|---|---|---|\n")
	for _, s := range settings.Of(of) {
		fmt.Fprintf(&b, "| `%s` | `%s` | `%s` | %s | %s |\n", s.Name, s.Usage(), s.Env, s.Fallback(), s.Help)
	}
	return b.String()
}

// Readme compares the table in the README, between the marks of a program, with
// its settings; where it is asked to, it writes it.
func Readme(t *testing.T, program string, of any, write bool) {
	t.Helper()
	begin := "<!-- settings: go test ./cmd/" + program + " -run Readme -readme writes them -->\n"
	file := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	is, _, ended := strings.Cut(rest, "<!-- end of settings -->\n")
	if !found || !ended {
		t.Fatalf("the README has no place for the settings of %s", program)
	}
	want := markdown(of)
	if write {
		if err := os.WriteFile(file, []byte(before+begin+want+rest[len(is):]), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if is != want {
		t.Errorf("the README lists other settings than %s has: go test ./cmd/%s -run Readme -readme; want\n%s", program, program, want)
	}
}
