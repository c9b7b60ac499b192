package sqlstore_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// theDay is the one on which these tests count.
var theDay = count.Days{First: count.Date(2026, 11, 24), Last: count.Date(2026, 11, 24)}

func TestMerge_NewerRevisionWins(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		room := paired(t, s, a, "Buurtkamer Laak", publicKey(1))
		day := count.Period("2026-11-24")
		withdrawn := wire.Cell{Epoch: 1, Period: "2026Q3", Measure: count.MeasureUnique, Rev: 4}
		steps := []struct {
			what string
			send []wire.Cell
			held []int64
		}{
			{"nothing", nil, []int64{}},
			{"new ones", []wire.Cell{cell(1, day, count.MeasureGuests, count.PartEvening, 3, 5), cell(1, day, count.MeasureGuests, count.PartMorning, 1, 6)}, []int64{5, 6}},
			{"the same again", []wire.Cell{cell(1, day, count.MeasureGuests, count.PartEvening, 3, 5)}, []int64{5}},
			{"another number at the same revision", []wire.Cell{cell(1, day, count.MeasureGuests, count.PartEvening, 9, 5)}, []int64{5}},
			{"one older, one newer, one new", []wire.Cell{cell(1, day, count.MeasureGuests, count.PartMorning, 9, 2), cell(1, day, count.MeasureGuests, count.PartEvening, 0, 7), withdrawn}, []int64{6, 7, 4}},
			{"one that is told", []wire.Cell{cell(1, "2026-10", count.MeasureUnique, count.PartNone, 12, 8)}, []int64{8}},
			{"and taken back", []wire.Cell{{Epoch: 1, Period: "2026-10", Measure: count.MeasureUnique, Rev: 9}}, []int64{9}},
			{"another epoch", []wire.Cell{cell(2, day, count.MeasureGuests, count.PartEvening, 8, 1)}, []int64{1}},
		}
		for _, step := range steps {
			if held := send(t, s, room.Kiosk.ID, 1, step.send...); !slices.Equal(held, step.held) {
				t.Errorf("%s: held %v, want %v", step.what, held, step.held)
			}
		}
		send(t, s, room.Kiosk.ID, 2, cell(1, day, count.MeasureGuests, count.PartEvening, 5, 1)) // another series
		got, err := s.Cells(t.Context(), a.Organisation, 0, theDay, []count.Period{"2026Q3", "2026-10", "2026-11", "2026Q3"})
		must(t, err)
		want := map[central.RoomCell]int64{}
		key := func(series int, c wire.Cell) central.RoomCell {
			c.N = nil
			return central.RoomCell{Room: room.ID, Series: series, Cell: c}
		}
		want[key(1, cell(1, day, count.MeasureGuests, count.PartEvening, 0, 7))] = 0
		want[key(1, cell(1, day, count.MeasureGuests, count.PartMorning, 0, 6))] = 1
		want[key(1, cell(2, day, count.MeasureGuests, count.PartEvening, 0, 1))] = 8
		want[key(2, cell(1, day, count.MeasureGuests, count.PartEvening, 0, 1))] = 5
		want[key(1, withdrawn)] = -1
		want[key(1, cell(1, "2026-10", count.MeasureUnique, count.PartNone, 0, 9))] = -1
		have := map[central.RoomCell]int64{}
		for _, c := range got {
			n := int64(-1)
			if c.Cell.N != nil {
				n = *c.Cell.N
			}
			have[key(c.Series, c.Cell)] = n
		}
		if !reflect.DeepEqual(have, want) {
			t.Errorf("cells\n%v, want\n%v", have, want)
		}
	})
}

func TestExchange_KeepsTheReport(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, dsn string) {
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		room := paired(t, s, a, "Buurtkamer Laak", publicKey(1))
		send(t, s, room.Kiosk.ID, 1)
		again := open(t, dsn) // another server
		var was central.Report
		must(t, again.Exchange(t.Context(), room.Kiosk.ID, hash(1), func(_ central.CellMerger, r central.Report) (central.Report, error) {
			was = r
			return r, nil
		}))
		want := report(central.Report{Kiosk: room.Kiosk.ID}, 1)
		if !reflect.DeepEqual(was, want) {
			t.Errorf("report\n%+v, want\n%+v", was, want)
		}
		rooms, err := again.Rooms(t.Context(), a.Organisation)
		must(t, err)
		kiosk := central.Kiosk{
			ID: room.Kiosk.ID, Fingerprint: wire.Fingerprint(publicKey(1)), Paired: noon, Reported: noon, Trust: 2, Skew: -3 * time.Second,
			Health: want.Health,
		}
		if len(rooms) == 1 && !slices.Equal(rooms[0].Undated, want.Undated) {
			t.Errorf("undated %+v, want %+v", rooms[0].Undated, want.Undated)
		}
		if len(rooms) != 1 || !reflect.DeepEqual(rooms[0].Kiosk, kiosk) {
			t.Errorf("rooms %+v, want the kiosk %+v", rooms, kiosk)
		}
	})
}

func TestExchange_FailsWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		room := paired(t, s, a, "Buurtkamer Laak", publicKey(1))
		day := count.Period("2026-11-24")
		boom := errors.New("boom")
		rule := func(end func() error) func(central.CellMerger, central.Report) (central.Report, error) {
			return func(l central.CellMerger, r central.Report) (central.Report, error) {
				if _, err := l.Merge(1, []wire.Cell{cell(1, day, count.MeasureGuests, count.PartEvening, 3, 5)}); err != nil {
					return r, err
				}
				return report(r, 1), end()
			}
		}
		wantError(t, "a rule's error", s.Exchange(t.Context(), room.Kiosk.ID, hash(1), rule(func() error { return boom })), boom)
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("a rule's panic came out as %v", p)
				}
			}()
			_ = s.Exchange(t.Context(), room.Kiosk.ID, hash(1), rule(func() error { panic("boom") }))
		}()
		impossible := cell(1, day, count.MeasureGuests, "nacht", 3, 5) // the schema's own check
		if err := s.Exchange(t.Context(), room.Kiosk.ID, hash(1), func(l central.CellMerger, r central.Report) (central.Report, error) {
			_, err := l.Merge(1, []wire.Cell{cell(1, day, count.MeasureGuests, count.PartMorning, 3, 5), impossible})
			return report(r, 1), err
		}); err == nil {
			t.Error("a part of the day that is none was kept")
		}
		wantError(t, "no such kiosk", s.Exchange(t.Context(), "nobody", hash(1), rule(func() error { return nil })), central.ErrNotFound)
		cells, err := s.Cells(t.Context(), a.Organisation, room.ID, theDay, nil)
		must(t, err)
		if len(cells) != 0 {
			t.Errorf("%d cells were kept of exchanges that failed", len(cells))
		}
		if held := send(t, s, room.Kiosk.ID, 1, cell(1, day, count.MeasureGuests, count.PartEvening, 3, 5)); held[0] != 5 {
			t.Errorf("after all that: held %v, want 5", held)
		}
	})
}

func TestExchange_ManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		var rooms []central.Room
		for i := range byte(8) {
			rooms = append(rooms, paired(t, s, a, "Buurtkamer "+string('A'+rune(i)), publicKey(i+1)))
		}
		const each = 20
		boom := errors.New("boom")
		errs := make(chan error)
		for i := range len(rooms) * each {
			go func() {
				errs <- s.Exchange(t.Context(), rooms[i%len(rooms)].Kiosk.ID, hash(1), func(l central.CellMerger, r central.Report) (central.Report, error) {
					if i%5 == 0 { // these fail beside the others
						return r, boom
					}
					_, err := l.Merge(1, []wire.Cell{cell(1, "2026-11-24", count.MeasureGuests, count.PartMorning, int64(i), int64(i+1))})
					return report(r, 1), err
				})
			}()
		}
		failed := 0
		for range len(rooms) * each {
			if err := <-errs; errors.Is(err, boom) {
				failed++
			} else if err != nil {
				t.Error(err)
			}
		}
		if want := len(rooms) * each / 5; failed != want {
			t.Errorf("%d failed, want the %d that had to", failed, want)
		}
		n, err := s.Changes(t.Context())
		must(t, err)
		// One change each for being paired, and for each exchange that was kept.
		if want := int64(len(rooms) + len(rooms)*each*4/5); n[a.Organisation] != want {
			t.Errorf("changes %d, want %d", n[a.Organisation], want)
		}
		cells, err := s.Cells(t.Context(), a.Organisation, 0, theDay, nil)
		must(t, err)
		for _, c := range cells {
			if c.Cell.Rev <= int64((each-2)*len(rooms)) {
				t.Errorf("room %d holds revision %d: not the newest that was sent", c.Room, c.Cell.Rev)
			}
		}
	})
}
