package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/web/browser"
)

// A host's day by touch alone: open, refer, close, two questions, and back from each.
func TestBrowser_AHostOpensAndClosesByTouch(t *testing.T) {
	for _, lang := range []string{"nl", "ar"} {
		t.Run(lang, func(t *testing.T) {
			r := open(t)
			for i, called := range []string{"Gerda de Wilde-van der Meulenkamp", "Els", "Ramdin"} {
				must(t, r.Store.CheckInByHand(t.Context(), r.Volunteer, r.Resident(called, kiosk.Pictures()[i]+"."+kiosk.SignColours()[i])))
			}
			f := newFinger(t, r, 800, 480)
			if lang != "nl" {
				f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf("document.documentElement.lang === %q", lang))
			}
			f.in()
			if lang == "nl" {
				f.mainInReach("today-shut")
			}
			f.touch("#open", `document.querySelector("#close") && !document.querySelector("#open")`)
			if lang == "nl" {
				f.mainInReach("today-open")
			}
			f.looks("today-open", lang)
			f.zoomed("today-open")
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.touch("#referred", `document.querySelector("#referred strong").innerText.trim() === "1"`)
			f.touch("#close", `document.body.dataset.face === "closing"`)
			if lang == "nl" {
				f.mainInReach("closing")
			}
			f.looks("closing", lang)
			f.zoomed("closing")
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.touch("[name=volunteers][value='3']", `document.querySelector("[name=hours]")`)
			f.looks("closing-hours", lang)
			f.touch("[name=hours][value='9']", `document.body.dataset.face === "today"`)
			f.looks("today-closed", lang)
			if lang == "nl" {
				f.mainInReach("today-closed")
			}
			if day := r.View().Room; day.Closed.IsZero() || *day.Answers.Volunteers != 3 || *day.Answers.Minutes != 540 || day.Referred != 1 {
				t.Errorf("the day is %+v", day)
			}
			f.touch("#answers", `document.body.dataset.face === "closing"`)
			if pressed := browser.Eval[string](f.Page, `document.querySelector("[aria-pressed=true]").value`); pressed != "3" {
				t.Errorf("what was answered before stands as %q", pressed)
			}
		})
	}
}

func TestBrowser_SlipsAreTypedByTouch(t *testing.T) {
	for _, lang := range []string{"nl", "ar"} {
		t.Run(lang, func(t *testing.T) {
			r := open(t)
			f := newFinger(t, r, 800, 480)
			if lang != "nl" {
				f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf("document.documentElement.lang === %q", lang))
			}
			f.in()
			f.Expect("422")
			f.Open(r.Server.URL + "/desk/slips")
			if lang == "nl" {
				f.mainInReach("slips")
			}
			f.looks("slips", lang)
			f.zoomed("slips")
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			for _, typed := range [][2]string{{"slips", "40"}, {"outside_yes", "50"}} {
				f.touch(fmt.Sprintf("[name=%s]", typed[0]), `!document.querySelector("[data-pad-digits]").hidden`)
				for i := range typed[1] {
					f.touch(fmt.Sprintf("[data-pad-digits] button:nth-child(%d)", (int(typed[1][i]-'0')+9)%10+1),
						fmt.Sprintf(`document.querySelector("[name=%s]").value === %q`, typed[0], typed[1][:i+1]))
				}
			}
			f.looks("slips-typing", lang)
			f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
			f.touch(".slips .button-primary", `document.querySelector("#note [role=alert]")`)
			if kept := browser.Eval[string](f.Page, `document.querySelector("[name=outside_yes]").value`); kept != "50" {
				t.Errorf("what was typed is lost: %q", kept)
			}
			f.touch("[name=outside_yes]", `!document.querySelector("[data-pad-digits]").hidden`)
			f.touch("[data-pad-digits] button:last-child", `document.querySelector("[name=outside_yes]").value === "5"`)
			f.touch(".slips .button-primary", `document.querySelector("#note .notice-green")`)
			if y, err := r.Store.Slips(t.Context(), 2026); err != nil || y.Totals != (kiosk.SlipTotals{Slips: 40, OutsideYes: 5}) {
				t.Errorf("kept %+v, %v", y, err)
			}
			f.Open(r.Server.URL + "/desk/slips/sheet")
			f.looks("slipsheet", lang)
		})
	}
}

func TestBrowser_WhatIsCountedReads(t *testing.T) {
	for _, lang := range []string{"nl", "en", "ar", "tr"} {
		t.Run(lang, func(t *testing.T) {
			r := open(t)
			f := newFinger(t, r, 800, 480)
			if lang != "nl" {
				f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf("document.documentElement.lang === %q", lang))
			}
			if lang == "nl" {
				f.mainInReach("front")
			}
			f.touch(`a[href="/desk/counted#visits"]`, `document.body.dataset.face === "counted"`)
			f.looks("counted", lang)
			f.zoomed("counted")
		})
	}
}
