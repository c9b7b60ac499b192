// Package screentest is a door screen for tests, with a made-up room behind it
// ([Open]), and every face that it can show ([Faces]).
//
// It serves the tests of web/screen, which need no browser, and those of
// web/screen/browsertest, which look at the same page in a real Chromium.
package screentest
