// Package browser opens our pages in a real Chromium for tests: one browser a
// test binary, a clean tab with its own cookies a test, and the looks that
// every page must survive: does it fit, what does the accessibility checker
// say, did it complain on its console.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
// so that the browser goes when the tests are done. With -short the tests that
// call [Start] are skipped. Without Chromium they are skipped with a line that
// says how to get it; with CI set they fail. They live in folders of their own
// called browsertest, so that no unit test waits for the driver to compile.
package browser
