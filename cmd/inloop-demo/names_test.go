package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sharedNames are the exported types whose name stands in more than one package,
// with the reason why that is one idea and not two meanings of a word. A name
// that gets a second meaning is not added here: one of the two is renamed.
var sharedNames = map[string]string{
	// The package's name carries the meaning, as is usual in Go.
	"Config":   "Go idiom: what a package's New or Open is given",
	"Options":  "Go idiom: what a driver or the reader is given, good when zero",
	"Store":    "Go idiom: where a package keeps things, and what it asks of that",
	"Settings": "each daemon's list of what an operator can set",
	"Daemon":   "each of the two programs as it runs",
	"Device":   "a chip by its driver, the same in both drivers",
	"Details":  "what such a chip tells of itself",
	"Clock":    "what tells the time: the machine's, the room's reading, the simulator's",
	"Mode":     "an alias of the file's",
	"Disk":     "what decides whether a file outlives a power cut; backup may not import dbfile, nor that anything of ours",
	"UID":      "an alias of package uid's, all the way from chip to store",

	// One idea in layers: what the room keeps, what crosses the network, what the
	// centre keeps. No layer may import the next one's types.
	"Activity":  "a line of the programme, as it is set and as it is shown",
	"PartTimes": "where the day is split, as it is set and as it is used",
	"Moment":    "a reading of the kiosk's clocks",
	"Epoch":     "a generation of a room's database",
	"Cell":      "one counted number",
	"Health":    "how a part of a kiosk is doing",
	"Pairing":   "what a kiosk knows of its centre",
	"Upload":    "a request on its way",
	"Ack":       "the centre's answer to one",
	"Tx":        "a writing transaction, and the same with the outbox's cells",
}

// An exported type has a name of its own in the whole house, unless its namesakes
// are one idea. What only serves tests (desktest, …) may call a thing as it likes.
func TestNames_OneMeaningEach(t *testing.T) {
	packages := make(map[string]map[string]bool) // by type
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || strings.HasSuffix(name, "test") || name == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		for _, typ := range exportedTypes(t, path) {
			if packages[typ] == nil {
				packages[typ] = make(map[string]bool)
			}
			packages[typ][strings.TrimPrefix(filepath.Dir(path), root+string(filepath.Separator))] = true
		}
		return nil
	})
	if err != nil || len(packages) < 100 {
		t.Fatalf("%d types, %v: want those of the whole house", len(packages), err)
	}
	for typ, in := range packages {
		if len(in) > 1 && sharedNames[typ] == "" {
			t.Errorf("%s is a type of %s: rename one, or say in sharedNames why it is one idea", typ, strings.Join(slices.Sorted(maps.Keys(in)), " and "))
		}
	}
	for typ := range sharedNames {
		if len(packages[typ]) < 2 {
			t.Errorf("%s stands in one package by now: take it off sharedNames", typ)
		}
	}
}

// exportedTypes returns the names of the exported types that a file declares.
func exportedTypes(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		types, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range types.Specs {
			if typ, ok := spec.(*ast.TypeSpec); ok && typ.Name.IsExported() {
				names = append(names, typ.Name.Name)
			}
		}
	}
	return names
}
