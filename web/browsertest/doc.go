// Package browsertest holds the browser tests that concern every face at once.
// With -short they are skipped.
package browsertest
