// Package dashboardtest is a [Fixture] for tests of the coordinator's pages: the
// centre's rules over a real store with the site in front of it, a clock that a
// test sets, a [Visitor] with a browser, and a [FakeKiosk] that sends counts.
//
// It serves the tests of web/dashboard, which need no browser, and those of
// web/dashboard/browsertest, which open the same pages in a real Chromium.
package dashboardtest
