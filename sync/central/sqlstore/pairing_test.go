package sqlstore_test

import (
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/wire"
)

func TestPairing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		b := coordinator(t, s, "Stichting Twee", "b@twee.example")
		code := central.PairCode{Code: "K7M4Q2XD", Expires: noon.Add(wire.PairCodeLife)}
		other := central.PairCode{Code: "00000000", Expires: noon.Add(wire.PairCodeLife)}

		p, err := s.OpenPairing(ctx, publicKey(1), code, 2, noon)
		if err != nil || p.Code != code {
			t.Fatalf("first: %+v, %v", p, err)
		}
		p, err = s.OpenPairing(ctx, publicKey(1), other, 2, noon.Add(time.Minute))
		if err != nil || p.Code != code {
			t.Errorf("asked again: %+v, %v; want the code that is shown", p, err)
		}
		_, err = s.OpenPairing(ctx, publicKey(2), code, 2, noon)
		wantError(t, "a code of another", err, central.ErrTaken)
		_, err = s.OpenPairing(ctx, publicKey(2), other, 2, noon)
		must(t, err)
		_, err = s.OpenPairing(ctx, publicKey(3), central.PairCode{Code: "11111111", Expires: other.Expires}, 2, noon)
		wantError(t, "a third of two", err, central.ErrBusy)

		_, err = s.Pair(ctx, a.Organisation, central.Room{Name: "Laak"}, "k1", "ZZZZZZZZ", noon)
		wantError(t, "no such code", err, central.ErrPairCode)
		_, err = s.Pair(ctx, a.Organisation, central.Room{Name: "Laak"}, "k1", code.Code, code.Expires)
		wantError(t, "a code that ended", err, central.ErrPairCode)
		room, err := s.Pair(ctx, a.Organisation, central.Room{Name: "Laak"}, "k1", code.Code, noon)
		if err != nil || room.ID == 0 || room.Kiosk.Fingerprint != wire.Fingerprint(publicKey(1)) || !room.Since.Equal(noon) {
			t.Fatalf("paired %+v, %v", room, err)
		}
		_, err = s.Pair(ctx, a.Organisation, central.Room{Name: "Moerwijk"}, "k1b", code.Code, noon)
		wantError(t, "a code used twice", err, central.ErrPairCode)
		p, err = s.OpenPairing(ctx, publicKey(1), other, 2, noon)
		if err != nil || p != (central.PairingProgress{Kiosk: "k1", Room: "Laak"}) {
			t.Errorf("paired kiosk asks: %+v, %v", p, err)
		}
		key, err := s.Key(ctx, "k1")
		if err != nil || !key.Equal(publicKey(1)) {
			t.Errorf("key %v, %v", key, err)
		}
		_, err = s.Key(ctx, "k9")
		wantError(t, "key of nobody", err, central.ErrNotFound)

		_, err = s.Pair(ctx, a.Organisation, central.Room{Name: "LAAK"}, "k2", other.Code, noon)
		wantError(t, "a name that is taken", err, central.ErrTaken)
		_, err = s.Pair(ctx, b.Organisation, central.Room{ID: room.ID}, "k2", other.Code, noon)
		wantError(t, "a stranger's room", err, central.ErrNotFound)
		wantError(t, "unpair a stranger's room", s.Unpair(ctx, b.Organisation, room.ID, noon), central.ErrNotFound)
		again, err := s.Pair(ctx, a.Organisation, central.Room{ID: room.ID}, "k2", other.Code, noon)
		if err != nil || again.ID != room.ID || again.Name != "Laak" || again.Kiosk.ID != "k2" {
			t.Errorf("another kiosk in the room: %+v, %v", again, err)
		}
		revoked := func(kiosk string) (r bool) {
			must(t, s.Exchange(ctx, kiosk, hash(1), func(_ central.CellMerger, was central.Report) (central.Report, error) {
				r = was.Revoked
				return was, nil
			}))
			return r
		}
		if !revoked("k1") || revoked("k2") {
			t.Errorf("revoked: k1 %v, k2 %v; want the one that was replaced", revoked("k1"), revoked("k2"))
		}
		must(t, s.Unpair(ctx, a.Organisation, room.ID, noon))
		wantError(t, "unpair twice", s.Unpair(ctx, a.Organisation, room.ID, noon), central.ErrNotFound)
		if !revoked("k2") {
			t.Error("an unpaired kiosk is not revoked")
		}
		p, err = s.OpenPairing(ctx, publicKey(1), code, 2, noon)
		if err != nil || p.Code != code {
			t.Errorf("a revoked kiosk asks: %+v, %v; want a code", p, err)
		}
		rooms, err := s.Rooms(ctx, a.Organisation)
		if err != nil || len(rooms) != 1 || rooms[0].Kiosk.ID != "" {
			t.Errorf("rooms %+v, %v; want one without a kiosk", rooms, err)
		}
	})
}

func TestLast_IsTheKeysAndSeriesTheRooms(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		room := paired(t, s, a, "Laak", publicKey(1))
		send(t, s, room.Kiosk.ID, 3)
		elsewhere := paired(t, s, a, "Moerwijk", publicKey(3))
		send(t, s, elsewhere.Kiosk.ID, 9)
		next := func(kiosk string, key byte) (last central.Epoch, series int) {
			code := "0000000" + kiosk[1:]
			_, err := s.OpenPairing(t.Context(), publicKey(key), central.PairCode{Code: code, Expires: noon.Add(time.Minute)}, 9, noon)
			must(t, err)
			_, err = s.Pair(t.Context(), a.Organisation, central.Room{ID: room.ID}, kiosk, code, noon)
			must(t, err)
			must(t, s.Exchange(t.Context(), kiosk, hash(1), func(_ central.CellMerger, r central.Report) (central.Report, error) {
				if r.Epoch.Series != 0 {
					t.Errorf("%s has an epoch before its first request: %+v", kiosk, r.Epoch)
				}
				last, series = r.LastEpoch, r.Series
				return r, nil
			}))
			return last, series
		}
		if last, series := next("k2", 2); last != (central.Epoch{}) || series != 3 {
			t.Errorf("another key: last %+v, room's series %d; want none and 3", last, series)
		}
		send(t, s, "k2", 4)
		want := central.Epoch{Series: 3, Epoch: report(central.Report{}, 3).Epoch.Epoch, Rev: 7}
		if last, series := next("k4", 1); last != want || series != 4 {
			t.Errorf("the first key again: last %+v, room's series %d; want %+v and 4", last, series, want)
		}
	})
}
