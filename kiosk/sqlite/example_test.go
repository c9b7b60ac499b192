package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
)

// printedDoor shows greetings on paper.
type printedDoor struct{}

// Show prints what the door screen would say.
func (printedDoor) Show(g kiosk.Greeting) { fmt.Println("door:", g.Kind) }

// A tap is written down, and only then is anybody welcomed.
func ExampleStore_CheckIn() {
	dir, err := os.MkdirTemp("", "room-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	keys, err := keyring.Load(filepath.Join(dir, "room.key")) // not in the data folder
	if err != nil {
		log.Fatal(err)
	}
	clock := &setClock{kiosk.Moment{Wall: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Boot: "boot", Since: time.Hour}}
	ctx := context.Background()
	store, err := sqlite.Open(ctx, sqlite.Config{
		Dir: filepath.Join(dir, "data"), Keys: keys, Clock: clock, Timetable: kiosk.Timetable{Zone: time.UTC},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	taps := kiosk.TapHandler{
		Store: store, Door: printedDoor{}, Volunteer: func(int64) {},
		Changed: func() { fmt.Println("there is news for the desk and the centre") },
	}
	uid, err := kiosk.NewUID([]byte{0x04, 0x12, 0x97, 0x33, 0x85, 0x01, 0x69})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := taps.CheckIn(ctx, kiosk.Tap{UID: uid, At: clock.Now()}); err != nil {
		log.Fatal(err)
	}

	// Nobody has this badge yet: a volunteer makes a person of it.
	view, err := store.View(ctx)
	if err != nil {
		log.Fatal(err)
	}
	enrolment := kiosk.Enrolment{Badge: view.Badges[0].No, Resident: kiosk.Resident{Sign: "tulip.red", Language: "nl"}}
	if _, err := store.Enrol(ctx, 1, enrolment); err != nil {
		log.Fatal(err)
	}
	clock.now.Wall, clock.now.Since = clock.now.Wall.Add(time.Hour), clock.now.Since+time.Hour
	if _, err := taps.CheckIn(ctx, kiosk.Tap{UID: uid, At: clock.Now()}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// door: unknown
	// there is news for the desk and the centre
	// door: goodbye
	// there is news for the desk and the centre
}
