// Package browser holds the tests that open the pages of packages report and
// serve in a browser, Debian's chromium, as people do. Where there is none
// they are skipped, but for CI, where they fail.
//
// A test opens a page by startBrowser and openPage, as often as there are ways
// to look at it, and then asks it: page.quiet that the browser had nothing to
// complain of and nothing was asked of anybody else, page.fits that the layout
// holds, page.accessible that it reads well by eye, keyboard and ear. What it
// looked like is kept by go test -artifacts.
package browser
