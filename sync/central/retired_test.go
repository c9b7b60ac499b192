package central_test

import (
	"net/http"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// A kiosk of version 1 still counts what nobody counts any more: it is thanked, nothing of
// it is kept, and no light of it turns orange. One of version 2 should know better.
func TestRetired_AcceptedAndNotKept(t *testing.T) {
	s := newServer(t)
	k, look := room(t, s)
	s.report(t, k, k.cell("2026-10-05", count.MeasureBadgeVisits, count.PartMorning, 30))
	a := s.report(t, k, k.cell("2026-10", count.MeasureUnique, count.PartNone, 12),
		k.cell("2026-10", "reactivated", count.PartNone, 3), k.withdrawn("2026-10", "returning"))
	for i, r := range a.Results {
		if r.Status != wire.StatusAccepted {
			t.Errorf("cell %d: %+v, want it accepted", i, r)
		}
	}
	if a.Rev != k.rev {
		t.Errorf("held up to %d, want %d: the kiosk goes by that", a.Rev, k.rev)
	}
	for m := range look("2026-10").Rooms[0].Persons.Numbers {
		if m == "reactivated" || m == "returning" {
			t.Errorf("%s is shown", m)
		}
	}
	r := k.request(k.cell("2026-10", "returning", count.PartNone, 9), k.cell("2026-10", count.MeasureKnown, count.PartNone, 9))
	r.Version, r.Compare = wire.Newest, &wire.Checksum{Epoch: 1, Sum: "0000000000000000"}
	got := s.send(k.sealRequest(r))
	said, err := wire.Decode[wire.Answer](got.body)
	must(t, err)
	if got.status != http.StatusOK || said.Results[0].Code != wire.CodeBadMeasure || said.Results[1].Status != wire.StatusAccepted {
		t.Errorf("status %d, results %+v, want a bad measure and one taken", got.status, said.Results)
	}
	if len(said.Held) != 3 {
		t.Errorf("held: %+v, want the visits, unique and known alone", said.Held)
	}
}
