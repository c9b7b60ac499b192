package web_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ours walks the files of all faces and of the demo's page that end in ext,
// vendored ones left out.
func ours(t *testing.T, ext string, look func(name, text string)) {
	t.Helper()
	for _, root := range []string{".", filepath.Join("..", "cmd", "inloop-demo")} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ext {
				return err
			}
			if strings.HasPrefix(name, "assets/idiomorph/") || strings.HasPrefix(name, "browser/axe/") {
				return nil
			}
			text, err := os.ReadFile(name)
			look(filepath.ToSlash(name), string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// newerScript is what Chromium 110 or Firefox ESR 115, the oldest browsers of
// the README, cannot run. (What they cannot paint is in web/browsertest.)
var newerScript = regexp.MustCompile(strings.Join([]string{
	`new FormData\([^()]*,`,                                    // Chromium 112
	`Promise\.(withResolvers|try)|Array\.fromAsync`,            // 119, 121
	`(Object|Map)\.groupBy|\.isSubsetOf|\.symmetricDifference`, // 117, 122
	`URL\.(canParse|parse)\(|AbortSignal\.any`,                 // 120, 116
	`startViewTransition|showPopover|setHTMLUnsafe`,            // 111, 114, 124
	`\.moveBefore\(|\.isWellFormed\(|/v[gimsuy]*[,;)]`,         // 133, 111, 112
	`scheduler\.|\busing \w+ =`,                                // Firefox 142, 134
}, "|"))

func TestScripts_RunInTheOldestBrowsers(t *testing.T) {
	ours(t, ".js", func(name, text string) {
		for _, found := range newerScript.FindAllString(text, -1) {
			t.Errorf("%s: %q is newer than the browsers of the README", name, found)
		}
	})
}

// notModule is what a module of the pages has no need for: function-wide
// variables, globals, and the mark of strict mode, in which modules are anyway.
var notModule = regexp.MustCompile(`(?m)^\s*var |"use strict"|\bwindow\.[A-Z]\w+ =|\(function \(\)`)

func TestScripts_AreModulesWithoutGlobals(t *testing.T) {
	ours(t, ".js", func(name, text string) {
		for _, found := range notModule.FindAllString(text, -1) {
			t.Errorf("%s: %q", name, strings.TrimSpace(found))
		}
	})
	ours(t, ".html", func(name, text string) {
		for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(text, -1) {
			if !strings.Contains(tag, `type="module"`) {
				t.Errorf("%s: %s is no module", name, tag)
			}
		}
	})
}

func TestPages_WrapBefore140Columns(t *testing.T) {
	for _, ext := range []string{".html", ".css", ".js"} {
		ours(t, ext, func(name, text string) {
			for i, line := range strings.Split(text, "\n") {
				if n := len([]rune(line)); n >= 140 {
					t.Errorf("%s: line %d has %d columns", name, i+1, n)
				}
			}
		})
	}
}

// colour is one that a style sheet makes up for itself.
var colour = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?|light-dark|color-mix|oklch)\(`)

var comment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// TestStyles_ColoursAreTokens holds every colour of style sheets, and of styles in
// a page, to tokens.css.
func TestStyles_ColoursAreTokens(t *testing.T) {
	ours(t, ".css", func(name, text string) {
		if name == "assets/tokens.css" {
			return
		}
		text = comment.ReplaceAllString(text, "")
		for _, found := range colour.FindAllString(text, -1) {
			t.Errorf("%s: colour %s is no token", name, found)
		}
	})
	ours(t, ".html", func(name, text string) {
		for _, style := range regexp.MustCompile(`(?s)<style.*?</style>|\b(style|fill|stroke|color)="[^"]*"`).FindAllString(text, -1) {
			for _, found := range colour.FindAllString(style, -1) {
				t.Errorf("%s: colour %s is no token", name, found)
			}
		}
	})
}
