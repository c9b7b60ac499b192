package kiosk_test

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// What a tap means is decided by what the person did so far today.
func ExampleMeaning() {
	morning := kiosk.Today{Day: count.Date(2026, time.November, 24), Part: count.PartMorning}
	first := kiosk.Meaning(kiosk.Situation{Badge: kiosk.BadgeResident, Today: morning})
	phone := kiosk.Meaning(kiosk.Situation{Badge: kiosk.BadgeRandomUID, Today: morning})

	fmt.Println("a resident who never came before:", first.Greeting)
	fmt.Println("a phone:", phone.Greeting, "- nothing is kept:", phone.Effect == kiosk.EffectNone)
	// Output:
	// a resident who never came before: first
	// a phone: phone - nothing is kept: true
}

// memory keeps the taps of an example; a room keeps them in package sqlite.
type memory struct{ taps int }

func (m *memory) CheckIn(context.Context, kiosk.Tap) (kiosk.Receipt, error) {
	m.taps++
	return kiosk.Receipt{Greeting: kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red"}}, nil
}

// door prints what a door screen would show.
type door struct{}

func (door) Show(g kiosk.Greeting) { fmt.Println(g.Kind, g.Sign) }

// A tap is written down first, and only then is anybody welcomed.
func ExampleTapHandler() {
	handler := kiosk.TapHandler{
		Store:     &memory{},
		Door:      door{},
		Volunteer: func(int64) {},
		Changed:   func() { fmt.Println("there is something new to show") },
	}
	uid, err := kiosk.NewUID([]byte{0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0x80})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := handler.CheckIn(context.Background(), kiosk.Tap{UID: uid}); err != nil {
		fmt.Println("not saved:", err)
	}
	// Output:
	// welcome tulip.red
	// there is something new to show
}
