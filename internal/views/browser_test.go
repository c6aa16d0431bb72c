package views_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ldap2scim/testservers"
)

// TestBrowser opens the plan's page and the report's, with 10,000 exceptions
// and hostile names, in a browser: by day and by night, on a telephone and on a
// desk. Screenshots are left in the test's artifacts.
func TestBrowser(t *testing.T) {
	t.Parallel()
	files := pages(t)
	b := &browser{t: t, tab: testservers.Browser(t)}
	b.watch()
	for _, name := range []string{"plan", "report"} {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{390, 1280} {
				b.what = fmt.Sprintf("%s-%s-%d", name, scheme, width)
				b.open(files[name], scheme, width)
				b.screenshot()
				b.contrast()
				b.fits()
			}
		}
		b.what = name
		b.named()
		b.print()
		b.keyboard()
		b.search()
		b.filter()
	}
}

// browser is a tab, and what went on in it.
type browser struct {
	t    *testing.T
	tab  context.Context //nolint:containedctx // lives for one test
	what string          // is being looked at

	mu      sync.Mutex
	fetched map[string]bool
}

// watch complains of whatever a page does by itself.
func (b *browser) watch() {
	b.fetched = map[string]bool{}
	err := chromedp.Listen(b.tab, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			b.fetched[e.Request.URL] = true
		case *runtime.EventExceptionThrown:
			b.t.Errorf("%s: %s", b.what, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			b.t.Errorf("%s says: %s", b.what, e.Entry.Text)
		case *page.EventJavascriptDialogOpening:
			b.t.Errorf("%s opens a dialog: %s", b.what, e.Message)
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.run(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), command(runtime.Enable, cdp.Empty{}), command(page.Enable, page.EnableParams{}))
}

// command is one of the browser's protocol, as an action.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.tab, actions...); err != nil {
		b.t.Fatalf("%s: %v", b.what, err)
	}
}

// open opens a page, and sees that it fetches nothing but itself.
func (b *browser) open(file, scheme string, width int64) {
	b.t.Helper()
	url := "file://" + filepath.ToSlash(file)
	b.run(
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 500}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}),
		chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("footer")),
	)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.fetched) != 1 || !b.fetched[url] {
		b.t.Errorf("%s fetches %v", b.what, b.fetched)
	}
	clear(b.fetched)
}

func (b *browser) screenshot() {
	b.t.Helper()
	png, err := chromedp.Run(b.tab, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatalf("%s: %v", b.what, err)
	}
	if err := os.WriteFile(filepath.Join(b.t.ArtifactDir(), b.what+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](b *browser, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.tab, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatalf("%s: %v", b.what, err)
	}
	return v
}

// contrast sees that every text can be read: WCAG 2.2, 1.4.3 (AA).
func (b *browser) contrast() {
	b.t.Helper()
	for _, bad := range ask[[]string](b, `(() => {
		const rgba = (s) => { const n = s.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
		const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
		const behind = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
		const bad = new Set();
		const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n = 0; n < 4000 && texts.nextNode(); n++) {
			const e = texts.currentNode.parentElement;
			if (!texts.currentNode.data.trim() || !e.checkVisibility() || ["SCRIPT", "STYLE", "TITLE"].includes(e.tagName)) continue;
			const s = getComputedStyle(e), a = light(rgba(s.color)), z = light(behind(e));
			const ratio = (Math.max(a, z) + .05) / (Math.min(a, z) + .05);
			const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && s.fontWeight >= 700;
			if (ratio < (large ? 3 : 4.5)) bad.add(e.tagName + "." + e.className + " " + s.color + " on " + behind(e) + ": " + ratio.toFixed(2));
		}
		return [...bad];
	})()`) {
		b.t.Errorf("%s: too little contrast: %s", b.what, bad)
	}
}

// fits sees that nothing stands beside the page.
func (b *browser) fits() {
	b.t.Helper()
	if over := ask[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.t.Errorf("%s is %d pixels too wide", b.what, over)
	}
}

// named sees that a screen reader has words for everything.
func (b *browser) named() {
	b.t.Helper()
	for _, bad := range ask[[]string](b, `[
		...[...document.querySelectorAll("svg[role=img]")].filter((e) => !e.getAttribute("aria-label")),
		...[...document.querySelectorAll("svg:not([role=img])")].filter((e) => e.getAttribute("aria-hidden") !== "true"),
		...[...document.querySelectorAll("button, a, summary")].filter((e) => !e.textContent.trim()),
		...[...document.querySelectorAll("input")].filter((e) => !e.labels.length),
		...[...document.querySelectorAll("section")].filter((e) => !document.getElementById(e.getAttribute("aria-labelledby"))),
		...[...document.querySelectorAll("[tabindex='0']")].filter((e) => !e.getAttribute("aria-label")),
	].map((e) => e.outerHTML.slice(0, 200))`) {
		b.t.Errorf("%s: nothing says what this is: %s", b.what, bad)
	}
	if n := ask[int](b, `["main", "nav[aria-label]", "header", "footer", "form[role=search]", "h1"].filter((s) => document.querySelectorAll(s).length !== 1).length`); n > 0 {
		b.t.Errorf("%s: %d landmarks are not there once", b.what, n)
	}
}

// keyboard goes through the page without a mouse.
func (b *browser) keyboard() {
	b.t.Helper()
	b.run(chromedp.KeyEvent(kb.Tab))
	if first := ask[string](b, `document.activeElement.className`); first != "skip" {
		b.t.Errorf("%s: the first stop is %q, not the link to the content", b.what, first)
	}
	opened := ask[bool](b, `(() => { const d = document.querySelector("details:not([open])"); d.id = "closed"; d.querySelector("summary").focus(); return d.open; })()`)
	b.run(chromedp.KeyEvent(kb.Enter))
	if opened || !ask[bool](b, `document.getElementById("closed").open`) {
		b.t.Errorf("%s: the return key opens no list", b.what)
	}
	b.run(chromedp.KeyEvent("/"))
	if at := ask[string](b, `document.activeElement.id`); at != "q" {
		b.t.Errorf("%s: the slash goes to %q, not to the search", b.what, at)
	}
	// A key that is made up types its letter even where the page says no.
	b.run(chromedp.KeyEvent(kb.Escape))
}

// shown counts the rows that are not hidden, by the search or the filter.
const shown = `[...document.querySelectorAll("main > section:not([hidden]) .topic:not([hidden]) .rows > li:not([hidden])")]`

// search finds one of 10,000, and everybody again.
func (b *browser) search() {
	b.t.Helper()
	all := ask[int](b, shown+".length")
	b.run(chromedp.KeyEvent("blocked-04242"), chromedp.Poll[chromedp.Void](`document.querySelector(".found").textContent !== "" && `+shown+`.length < 10`))
	if got := ask[[]string](b, shown+`.map((e) => e.textContent)`); len(got) == 0 || len(got) > 2 || !strings.Contains(got[0], "blocked-04242") {
		b.t.Errorf("%s: the search finds %d: %.300q", b.what, len(got), got)
	}
	b.screenshotAs("search")
	b.run(chromedp.KeyEvent(kb.Escape), chromedp.Poll[chromedp.Void](`document.querySelector(".found").textContent === ""`))
	if got := ask[int](b, shown+".length"); got != all {
		b.t.Errorf("%s: %d rows of %d after the search", b.what, got, all)
	}
}

// filter shows one class alone.
func (b *browser) filter() {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(`[data-filter="blocked"]`)))
	if got := ask[int](b, shown+`.filter((e) => e.dataset.class === "blocked").length`); got < exceptions || got != ask[int](b, shown+".length") {
		b.t.Errorf("%s: the filter shows %d who are blocked of %d", b.what, got, ask[int](b, shown+".length"))
	}
	if pressed := ask[string](b, `document.querySelector('[data-filter="blocked"]').ariaPressed`); pressed != "true" {
		b.t.Errorf("%s: the button says that it is pressed: %s", b.what, pressed)
	}
	b.screenshotAs("filter")
	b.run(chromedp.Click(chromedp.CSS(`[data-filter="blocked"]`)))
}

// print sees that every list is open on paper, and closed again afterwards.
func (b *browser) print() {
	b.t.Helper()
	const closed = `document.querySelectorAll("details:not([open])").length`
	before := ask[int](b, closed)
	b.run(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("beforeprint"))`))
	if n := ask[int](b, closed); n != 0 || before == 0 {
		b.t.Errorf("%s: %d of %d lists stay closed on paper", b.what, n, before)
	}
	b.run(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("afterprint"))`))
	if n := ask[int](b, closed); n != before {
		b.t.Errorf("%s: %d lists are closed after printing, %d before", b.what, n, before)
	}
}

func (b *browser) screenshotAs(name string) {
	b.t.Helper()
	was := b.what
	b.what = was + "-" + name
	b.screenshot()
	b.what = was
}
