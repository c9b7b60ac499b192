// Package desktest is a [Fixture] for tests of the volunteers' page: a desk over a
// real store, a clock that a test sets, and one volunteer with a badge and a PIN.
//
// It serves the tests of web/desk, which need no browser, and those of
// web/desk/browsertest, which drive the same page in a real Chromium.
package desktest
