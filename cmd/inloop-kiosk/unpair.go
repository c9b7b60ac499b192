package main

import (
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite"
)

type unpairCmd struct{}

// Run ends what the room has with its centre, so that it shows a code again.
// The kiosk must not be running: a request on its way would be of both lives.
func (*unpairCmd) Run(a *app) error {
	var was kiosk.Pairing
	// Read first: in a wrong folder nothing is made then, not even a key.
	err := a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) (err error) {
		was, err = s.Pairing(a.ctx)
		return err
	})
	if err == nil {
		err = a.withStore(sqlite.ModeDaemon, func(s *sqlite.Store) error { return s.ForgetPairing(a.ctx) })
	}
	if err != nil {
		return fmt.Errorf("unpair: %w", err)
	}
	fmt.Fprintf(a.out, "This kiosk was %s at %s and is paired no more; its counts are all there.\nStart it, and type the code that it shows at the page of the same room.\n", was.Room, was.URL)
	return nil
}
