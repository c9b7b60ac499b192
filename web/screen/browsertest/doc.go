// Package browsertest holds the tests that look at the door screen in a real
// Chromium. They live apart from the package's own tests, which are done in
// seconds and compile no browser driver; with -short they are skipped.
package browsertest
