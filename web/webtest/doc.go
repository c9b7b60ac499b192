// Package webtest makes up languages for tests: [Translations] are those of
// the house with files added to it, as somebody would add them, and [Eight]
// brings it to twelve languages, of which three run from right to left.
package webtest
