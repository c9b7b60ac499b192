package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axe string

// Page is one tab. Its methods fail the test that opened it when the browser
// does not do as told within two minutes.
type Page struct {
	t        testing.TB
	ctx      context.Context
	patience time.Duration

	mu         sync.Mutex
	complaints []string
	expected   []string
}

// Do runs actions in the tab, in order.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Before runs a script in the tab ahead of every page's own, such as one that
// makes its clocks run faster. Call it before Open.
func (p *Page) Before(js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: js})
	if err != nil {
		p.t.Fatalf("add a script: %v", err)
	}
}

// Unhurried lets what the page shows for five seconds or longer stand until the
// test goes on: its waits of that length last a hundred times as long, so that
// a busy machine does not look only when it is over. Call it before Open.
func (p *Page) Unhurried() {
	p.t.Helper()
	p.Before(`(() => {
		const wait = window.setTimeout;
		window.setTimeout = (then, ms, ...rest) => wait(then, ms >= 5000 ? ms * 100 : ms, ...rest);
	})()`)
}

// SetCookie gives the tab a cookie for the site of url, and returns once the
// browser has it: the next page that is opened there is asked for with it. (A
// cookie that a script sets is written later, at a time that nobody is told.)
func (p *Page) SetCookie(url, name, value string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{URL: url, Path: "/", Name: name, Value: value})
	if err != nil {
		p.t.Fatalf("set the cookie %s: %v", name, err)
	}
}

// Open goes to url and waits until it has loaded, fonts included.
func (p *Page) Open(url string) {
	p.t.Helper()
	p.Do(chromedp.Navigate(url))
	Await[bool](p, "document.fonts.ready.then(() => true)")
}

// Eval returns the value of a JavaScript expression on p.
func Eval[T any](p *Page, js string) T {
	p.t.Helper()
	return eval[T](p, js)
}

// Await returns what the promise of a JavaScript expression on p resolves to.
func Await[T any](p *Page, js string) T {
	p.t.Helper()
	return eval[T](p, js, chromedp.EvalAwaitPromise)
}

func eval[T any](p *Page, js string, options ...chromedp.EvaluateOption) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, options...))
	if err != nil {
		p.t.Fatalf("evaluate %.120q: %v", js, err)
	}
	return v
}

// Wait returns once the JavaScript expression is true of a page that has
// loaded, looked at every 20 ms; a page that goes elsewhere meanwhile is looked
// at again. (chromedp's own Poll needs eval, which our content security policy
// forbids.)
func (p *Page) Wait(js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !!(`+js+`)`))
		if err == nil && holds {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			p.t.Fatalf("waited %v for %s (%v); the page says: %.400q", p.patience, js, err, Eval[string](p, "document.body?.innerText ?? ''"))
		}
	}
}

// Text is what a reader sees in the first element that matches a CSS selector.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf("document.querySelector(%q).innerText", selector))
}

// Media sets a media feature, such as "prefers-color-scheme" to "dark".
func (p *Page) Media(feature, value string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	})
	if err != nil {
		p.t.Fatalf("set %s to %s: %v", feature, value, err)
	}
}

// Overflow names what does not fit: the page itself when it would scroll
// sideways (or down, with alsoDown), and every visible element whose text is
// cut off or that sticks out of the window. Nothing means that all fits.
func (p *Page) Overflow(alsoDown bool) []string {
	p.t.Helper()
	return Eval[[]string](p, fmt.Sprintf(`(function (down) {
		var found = [], root = document.documentElement, w = root.clientWidth, h = root.clientHeight;
		if (root.scrollWidth > w) { found.push("page is " + root.scrollWidth + " wide, window " + w); }
		if (down && root.scrollHeight > h) { found.push("page is " + root.scrollHeight + " high, window " + h); }
		document.querySelectorAll("body *").forEach(function (e) {
			if (!e.checkVisibility({visibilityProperty: true}) || e.closest("svg, .visually-hidden, .table-scroll, [data-bleed]")) { return; }
			var name = e.tagName + "." + e.className + " " + JSON.stringify((e.innerText || "").slice(0, 30));
			var style = getComputedStyle(e), b = e.getBoundingClientRect();
			if (style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1) { found.push(name + " is cut off sideways"); }
			if (b.width === 0 || b.height === 0) { return; }
			if (b.left < -1 || b.right > w + 1) { found.push(name + " sticks out sideways"); }
			// A child that sticks out of its box lies over something else.
			var box = e.parentElement.getBoundingClientRect();
			if (style.display !== "inline" && style.position === "static" && (b.bottom > box.bottom + 1 || b.top < box.top - 1)) { found.push(name + " lies over its neighbour"); }
			if (down && (b.top < -1 || b.bottom > h + 1)) { found.push(name + " sticks out below or above"); }
		});
		return found;
	})(%t)`, alsoDown))
}

// StruckZeros names every visible number that stands alone, 28 pixels high and more,
// whose font strikes its zero through, which from a few steps away reads as an 8 or as
// "none": that which paints the middle of a zero.
func (p *Page) StruckZeros() []string {
	p.t.Helper()
	return Eval[[]string](p, `(function () {
		const canvas = new OffscreenCanvas(300, 300).getContext("2d", { willReadFrequently: true });
		canvas.textBaseline = "alphabetic";
		const struck = new Map();
		const strikes = (font) => {
			if (!struck.has(font)) {
				canvas.clearRect(0, 0, 300, 300);
				canvas.font = font;
				const zero = canvas.measureText("0");
				canvas.fillText("0", 50, 250);
				const x = 50 + (zero.actualBoundingBoxRight - zero.actualBoundingBoxLeft) / 2;
				const y = 250 - (zero.actualBoundingBoxAscent - zero.actualBoundingBoxDescent) / 2;
				struck.set(font, canvas.getImageData(Math.round(x), Math.round(y), 1, 1).data[3] > 64);
			}
			return struck.get(font);
		};
		const found = [];
		document.querySelectorAll("body *").forEach((e) => {
			const own = Array.from(e.childNodes).filter((n) => n.nodeType === 3).map((n) => n.data).join("");
			const style = getComputedStyle(e);
			if (!/^[-+\s.,:%0-9]*[0-9][-+\s.,:%0-9]*$/.test(own) || parseFloat(style.fontSize) < 28 || !e.checkVisibility({ visibilityProperty: true })) { return; }
			if (strikes(style.fontWeight + " 200px " + style.fontFamily)) {
				found.push("a zero is struck through in " + e.tagName + "." + e.className + " " + JSON.stringify(own.trim()) + ": " + style.fontFamily);
			}
		});
		return found;
	})()`)
}

// Axe runs the accessibility checker, all its rules and the enhanced contrast
// of 7:1, and returns what it found: nothing is what a test wants.
func (p *Page) Axe() []string {
	p.t.Helper()
	// The checker tries two styles of its own, which our policy blocks.
	p.Expect("sha256-4zjmt6IFrD8p78EjdoL9vTbiGP87d9cTQjIRP8kkGQ4=")
	p.Expect("sha256-YcGQ10vmealwZeD0ehRF4xRmCElL/N1ym+TyW05xdIs=")
	Eval[any](p, axe+";0")
	// Of what passed nothing is read, so the checker need not describe it.
	return Await[[]string](p, `axe.run(document, {preload: false, resultTypes: ["violations"], rules: {"color-contrast-enhanced": {enabled: true}}}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 120) + " " + n.failureSummary.slice(0, 300))))`)
}

// Picture writes what the tab shows to a PNG file.
func (p *Page) Picture(file string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, png, 0o600)
	}
	if err != nil {
		p.t.Fatalf("take a picture: %v", err)
	}
}

// PDF prints the tab as its own style says, on the paper that it asks for.
func (p *Page) PDF() []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	asStyled := true
	pdf, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &asStyled})
	if err != nil {
		p.t.Fatalf("print: %v", err)
	}
	return pdf.Data
}

// Print shows the tab as it would be on paper, or with false as on a screen again.
func (p *Page) Print(paper bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	media := ""
	if paper {
		media = "print"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media}); err != nil {
		p.t.Fatalf("show as on paper: %v", err)
	}
}

// Spoken is what a reader of screens finds on the tab under a role, such as "button": the
// name of each, in order.
func (p *Page) Spoken(role string) (names []string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.t.Fatalf("read what is spoken: %v", err)
	}
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			_ = json.Unmarshal(v.Value, &s) // what is no text is no name
		}
		return s
	}
	for _, n := range tree.Nodes {
		if !n.Ignored && text(n.Role) == role {
			names = append(names, text(n.Name))
		}
	}
	return names
}

// Memory collects the page's garbage and returns all strings that its scripts
// still hold, one a line.
func (p *Page) Memory() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 3*p.patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
		p.t.Fatalf("collect garbage: %v", err)
	}
	chunks := chromedp.Events(ctx, heapprofiler.AddHeapSnapshotChunk)
	var all strings.Builder
	read := make(chan error, 1)
	go func() {
		// The snapshot is one JSON object in pieces; it is whole when it parses
		// as far as its last bracket.
		for c, err := range chunks {
			if err != nil {
				read <- err
				return
			}
			all.WriteString(c.Chunk)
			if strings.HasSuffix(strings.TrimSpace(c.Chunk), "]}") {
				break
			}
		}
		read <- nil
	}()
	if _, err := chromedp.Call(ctx, heapprofiler.TakeHeapSnapshot, heapprofiler.TakeHeapSnapshotParams{}); err != nil {
		p.t.Fatalf("take a heap snapshot: %v", err)
	}
	if err := <-read; err != nil {
		p.t.Fatalf("read the heap snapshot: %v", err)
	}
	var snapshot struct{ Strings []string }
	if err := json.Unmarshal([]byte(all.String()), &snapshot); err != nil {
		p.t.Fatalf("parse the heap snapshot: %v", err)
	}
	return strings.Join(snapshot.Strings, "\n")
}

// Expect lets the page complain about something that holds text, such as a
// connection that the test cuts on purpose.
func (p *Page) Expect(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, text)
}

// listen gathers exceptions, console errors and what the browser itself logs,
// a blocked script or style among it.
func (p *Page) listen() {
	thrown := chromedp.Events(p.ctx, runtime.ExceptionThrown)
	said := chromedp.Events(p.ctx, runtime.ConsoleAPICalled)
	logged := chromedp.Events(p.ctx, cdplog.EntryAdded)
	add := func(s string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.complaints = append(p.complaints, s)
	}
	go func() {
		for e, err := range thrown {
			if err != nil {
				return
			}
			add(fmt.Sprintf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		}
	}()
	go func() {
		for e, err := range said {
			if err != nil {
				return
			}
			if e.Type == "error" || e.Type == "warning" {
				words, _ := json.Marshal(e.Args)
				add("console: " + string(words))
			}
		}
	}()
	go func() {
		for e, err := range logged {
			if err != nil {
				return
			}
			if e.Entry.Level == "error" {
				add(fmt.Sprintf("browser: %s %s", e.Entry.Text, e.Entry.URL))
			}
		}
	}()
}

func (p *Page) complain() {
	p.mu.Lock()
	defer p.mu.Unlock()
complaints:
	for _, c := range p.complaints {
		for _, e := range p.expected {
			if strings.Contains(c, e) {
				continue complaints
			}
		}
		p.t.Errorf("the page complained: %s", c)
	}
}
