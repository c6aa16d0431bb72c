package testservers

import (
	"context"
	"io"
	"testing"

	"github.com/chromedp/chromedp"
)

// Browser starts a headless Chromium with a profile of its own, which ends with
// the test, and returns the context of its first tab for chromedp. It asks
// nobody for anything but what a page names.
func Browser(t testing.TB) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(requireProgram(t, "chromium", "chromium", "google-chrome", "/usr/bin/chromium")),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, // root has none, and the pages are the test's own
		chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.WSURLReadTimeout(startTimeout),
		chromedp.CombinedOutput(io.Discard),
	)
	// t.Context ends before the clean-up functions, which end the browser.
	ctx, end := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	t.Cleanup(end)
	tab, done := chromedp.NewContext(ctx)
	t.Cleanup(done)
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return tab
}
