package browsertest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/screen/screentest"
)

// settle lets every animation of the page run to its end.
var settle = chromedp.Evaluate[chromedp.Void]("document.getAnimations().forEach(a => a.finish())")

func tap(selector string) chromedp.Action[chromedp.Void] { return chromedp.Tap(chromedp.CSS(selector)) }

// choose picks a language on the door as a finger would.
func choose(p *browser.Page, lang string) {
	p.Do(tap("#choose"))
	p.Wait("!document.querySelector('#tongues').hidden")
	p.Do(tap(fmt.Sprintf("[data-tongue=%s]", lang)))
	p.Wait(fmt.Sprintf("document.querySelector('#idle').lang === %q", lang))
}

// Five hundred touches, long presses, pinches, right clicks and keys, the same
// ones each time, all over the page.
func TestDoor_NothingLeadsAwayFromIt(t *testing.T) {
	s := screentest.Open(t, screentest.Tuesday())
	p := open(t, s, 800, 480)
	before := browser.Eval[string](p, "location.href + history.length + document.title")
	browser.Eval[any](p, "window.stayed = true")
	dice := rand.New(rand.NewPCG(3, 14))
	for range 500 {
		p.Do(mischief(dice))
	}
	after := browser.Eval[string](p, "location.href + history.length + document.title")
	if after != before || !browser.Eval[bool](p, "window.stayed === true") {
		t.Errorf("the page went from %q to %q", before, after)
	}
	if left := browser.Eval[string](p, `[getSelection().toString(), visualViewport.scale, document.fullscreenElement,
		document.querySelectorAll("a[href], input, form, iframe").length].join()`); left != ",1,,0" {
		t.Errorf("selection, scale, full screen, ways out: %q", left)
	}
	s.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Language: "nl"})
	p.Wait(kindIs("welcome"))
	if text := p.Text("#greeting"); !strings.Contains(text, "Welkom") {
		t.Errorf("a tap after it all shows %q", text)
	}
}

func mischief(dice *rand.Rand) chromedp.Action[chromedp.Void] {
	x, y := dice.Float64()*800, dice.Float64()*480
	touch := func(kind input.DispatchTouchEventType, points ...float64) input.DispatchTouchEventParams {
		e := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
		for i := 0; i+1 < len(points); i += 2 {
			e.TouchPoints = append(e.TouchPoints, &input.TouchPoint{X: points[i], Y: points[i+1]})
		}
		return e
	}
	send := func(events ...input.DispatchTouchEventParams) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			for _, e := range events {
				if _, err := cdp.Call(ctx, t, input.DispatchTouchEvent, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	switch dice.IntN(6) {
	case 0: // a swipe from edge to edge
		return send(touch("touchStart", 1, y), touch("touchMove", 400, y), touch("touchMove", 799, y), touch("touchEnd"))
	case 1: // a pinch
		return send(touch("touchStart", x, y, 400, 240), touch("touchMove", 10, 10, 790, 470), touch("touchEnd"))
	case 2:
		return chromedp.MouseClickXY(x, y, chromedp.ButtonRight)
	case 3: // a key with whatever it is held with
		keys := []string{"a", "p", "s", "f", "l", "r", "o", "u", "j", "\t", "\r", " ", "\b", "1", "+", "-"}
		held := []chromedp.Modifier{0, chromedp.ModifierCtrl, chromedp.ModifierAlt, chromedp.ModifierShift, chromedp.ModifierCtrl | chromedp.ModifierShift}
		return chromedp.KeyEvent(keys[dice.IntN(len(keys))], chromedp.KeyModifiers(held[dice.IntN(len(held))]))
	default:
		return send(touch("touchStart", x, y), touch("touchEnd"))
	}
}
