package kiosk

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// tapStore answers as it is told, and notes what came first.
type tapStore struct {
	receipt Receipt
	err     error
	order   *[]string
}

func (b tapStore) CheckIn(context.Context, Tap) (Receipt, error) {
	*b.order = append(*b.order, "written")
	return b.receipt, b.err
}

type doorNote struct {
	shown *[]GreetingKind
	order *[]string
}

func (d doorNote) Show(g Greeting) {
	*d.shown = append(*d.shown, g.Kind)
	*d.order = append(*d.order, "shown")
}

func handlerOver(receipt Receipt, err error) (d *TapHandler, shown *[]GreetingKind, order *[]string, volunteers *[]int64) {
	shown, order, volunteers = new([]GreetingKind), new([]string), new([]int64)
	return &TapHandler{
		Store: tapStore{receipt, err, order}, Door: doorNote{shown, order},
		Volunteer: func(no int64) { *volunteers = append(*volunteers, no) },
		Changed:   func() { *order = append(*order, "told") },
	}, shown, order, volunteers
}

func TestTapHandler_WrittenBeforeWelcomed(t *testing.T) {
	d, shown, order, _ := handlerOver(Receipt{Greeting: Greeting{Kind: GreetingWelcome}}, nil)
	if _, err := d.CheckIn(t.Context(), Tap{}); err != nil {
		t.Fatal(err)
	}
	if len(*order) != 3 || (*order)[0] != "written" || (*order)[1] != "shown" || (*shown)[0] != GreetingWelcome {
		t.Errorf("order %v, shown %v", *order, *shown)
	}
}

func TestTapHandler_NobodyIsWelcomedWhoIsNotSaved(t *testing.T) {
	full := errors.New("disk full")
	d, shown, order, _ := handlerOver(Receipt{Greeting: Greeting{Kind: GreetingWelcome}}, full)
	if _, err := d.CheckIn(t.Context(), Tap{}); !errors.Is(err, full) {
		t.Fatalf("got %v, want the store's error", err)
	}
	if len(*shown) != 1 || (*shown)[0] != GreetingNotSaved || len(*order) != 2 {
		t.Errorf("shown %v, order %v, want only the red page", *shown, *order)
	}
}

func TestTapHandler_WhoIsSavedIsWelcomedUnread(t *testing.T) {
	unread := fmt.Errorf("check in: %w", ErrUnread)
	d, shown, order, _ := handlerOver(Receipt{Greeting: Greeting{Kind: GreetingWelcome}}, unread)
	if _, err := d.CheckIn(t.Context(), Tap{}); !errors.Is(err, ErrUnread) {
		t.Fatalf("got %v, want ErrUnread for the light", err)
	}
	if len(*shown) != 1 || (*shown)[0] != GreetingWelcome || len(*order) != 3 {
		t.Errorf("shown %v, order %v, want a welcome", *shown, *order)
	}
}

func TestTapHandler_AVolunteersBadgeGreetsNobody(t *testing.T) {
	d, shown, _, volunteers := handlerOver(Receipt{Volunteer: 7}, nil)
	if _, err := d.CheckIn(t.Context(), Tap{}); err != nil {
		t.Fatal(err)
	}
	if len(*shown) != 0 || len(*volunteers) != 1 || (*volunteers)[0] != 7 {
		t.Errorf("shown %v, volunteers %v", *shown, *volunteers)
	}
}

// lateClock is so much later than the tap.
type lateClock time.Duration

func (c lateClock) Now() Moment { return Moment{Boot: "boot", Since: time.Hour + time.Duration(c)} }

// TestTapHandler_WhoHasGoneIsNotGreeted: a tap that waited behind a long write is
// kept, and nobody else is greeted by it, neither in green nor in red.
func TestTapHandler_WhoHasGoneIsNotGreeted(t *testing.T) {
	tap := Tap{At: Moment{Boot: "boot", Since: time.Hour}}
	for _, tt := range []struct {
		late time.Duration
		err  error
		want int
	}{{10 * time.Second, nil, 1}, {10*time.Second + 1, nil, 0}, {25 * time.Second, nil, 0}, {25 * time.Second, errors.New("disk full"), 0}, {time.Second, errors.New("disk full"), 1}} {
		h, shown, order, _ := handlerOver(Receipt{Greeting: Greeting{Kind: GreetingWelcome}}, tt.err)
		h.Clock = lateClock(tt.late)
		if _, err := h.CheckIn(t.Context(), tap); !errors.Is(err, tt.err) {
			t.Fatalf("%s late: %v", tt.late, err)
		}
		if len(*shown) != tt.want || (*order)[0] != "written" {
			t.Errorf("%s late (%v): shown %v, order %v, want %d greetings", tt.late, tt.err, *shown, *order, tt.want)
		}
		if told := (*order)[len(*order)-1] == "told"; told != (tt.err == nil) {
			t.Errorf("%s late: the desk is told: %t", tt.late, told)
		}
	}
}
