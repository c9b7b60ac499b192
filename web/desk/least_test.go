package desk_test

import (
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/web/desk/desktest"
)

// On the day on which an old copy was put back the numbers are told as at least, to
// everybody, and on no other day.
func TestToday_IsAtLeastAfterAnOldCopyWasPutBack(t *testing.T) {
	t.Parallel()
	r := desktest.Open(t)
	must(t, r.Store.AddGuest(t.Context(), r.Volunteer, kiosk.BandTeen))
	v := newVisitor(t, r)
	lacks(t, v.get("/desk").body, "Minstens")
	must(t, r.Store.KioskBack(t.Context(), outbox.Former{Epoch: 1, Rev: 90}, false))
	has(t, v.get("/desk").body, "Minstens: misschien missen er bezoeken van vandaag.")
	v.in()
	page := v.get("/desk").body
	has(t, page, "Minstens: misschien missen er bezoeken van vandaag.")
	has(t, page, "Gasten vandaag: minstens 1")
}
