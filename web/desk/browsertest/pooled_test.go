package browsertest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web/browser"
	"example.org/inloop/web/desk"
)

// pooled is a room that counts together with others, as it stands.
type pooled struct{ is kiosk.Pooled }

func (p pooled) Pooled(context.Context) (kiosk.Pooled, error)     { return p.is, nil }
func (p pooled) SetRoomAside(context.Context, string, bool) error { return nil }
func (p pooled) AcceptOrganisation(context.Context) error         { return nil }

// allStates is all that the page can tell at once.
func allStates(t *testing.T) kiosk.Pooled {
	t.Helper()
	told := func(period count.PoolPeriod, day string, n func(i int) kiosk.PooledFigure) kiosk.PooledPeriod {
		d, err := count.ParseDay(day)
		must(t, err)
		p := kiosk.PooledPeriod{Period: period, State: kiosk.PooledStateTold, Day: d, Rooms: 3, Due: 4}
		for i, item := range period.Told() {
			f := n(i)
			f.Period, f.Measure = item.Period, item.Measure
			p.Figures = append(p.Figures, f)
		}
		return p
	}
	numbers := []int64{180, 105, 20, 180, 105, 20, 100, 45, 60, 35, 30, 0, 15, 10, 20, 55, 30, 50, 25, 120}
	since, err := count.ParseDay("2026-03-02")
	must(t, err)
	rooms := []kiosk.PooledRoom{
		{ID: strings.Repeat("0a", 32), Name: "Zuid", Check: "56475aa75463474c", Since: since},
		{ID: strings.Repeat("0b", 32), Name: "Wijkcentrum De Lange Naam aan het Oude Kerkplein", Check: "0123456789abcdef", Since: since, Aside: true},
		{ID: strings.Repeat("0c", 32), Name: "Noord", Check: "fedcba9876543210", Since: since, Left: true},
	}
	return kiosk.Pooled{
		Paired: true, Rooms: rooms, Newcomer: rooms[:1], Refusal: "organisation", Accept: true,
		Periods: []kiosk.PooledPeriod{
			{Period: "2026Q3", State: kiosk.PooledStateWaiting},
			told("2026Q2", "2026-07-09", func(i int) kiosk.PooledFigure { return kiosk.PooledFigure{State: "shown", N: numbers[i]} }),
			{Period: "2026Q1", State: kiosk.PooledStateFailed},
			told("2025Q4+2025", "2026-01-09", func(i int) kiosk.PooledFigure {
				if i == 11 {
					return kiosk.PooledFigure{State: "small"}
				}
				return kiosk.PooledFigure{State: "shown", N: numbers[i]}
			}),
			{Period: "2024Q4+2024", State: kiosk.PooledStateFailed},
			told("2023Q4+2023", "2024-01-09", func(int) kiosk.PooledFigure { return kiosk.PooledFigure{State: "withheld"} }),
		},
	}
}

func TestBrowser_CountingTogetherFits(t *testing.T) {
	state := allStates(t)
	r := open(t, func(c *desk.Config) { c.Store.Pool = pooled{state} })
	f := newFinger(t, r, 800, 480)
	for _, lang := range []string{"nl", "ar", "en", "tr"} {
		f.Do(chromedp.EmulateViewport(800, 480, chromedp.EmulateTouch))
		f.Open(r.Server.URL + "/desk")
		f.touch(fmt.Sprintf("[name=language][value=%s]", lang), fmt.Sprintf(`document.documentElement.lang === %q`, lang))
		if lang == "nl" {
			f.in()
		}
		f.looks("calm", lang)
		f.Open(r.Server.URL + "/desk/pooled")
		f.looks("pooled", lang)
		f.Open(r.Server.URL + "/desk/pooled?room=" + state.Rooms[0].ID)
		f.looks("pooled-ask", lang)
	}
	f.Open(r.Server.URL + "/desk/pooled")
	if n := browser.Eval[int](f.Page, `document.querySelectorAll("#rooms form, #rooms a").length`); n != 2 {
		t.Errorf("%d rooms to be set aside or taken back, want 2", n)
	}
}
