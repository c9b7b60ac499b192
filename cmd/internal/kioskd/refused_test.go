package kioskd_test

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// refused fails unless so many counts are set aside.
func (s *story) refused(want int) {
	s.t.Helper()
	got, err := s.store.Sending(s.t.Context())
	must(s.t, err)
	if got.Refused != want {
		s.t.Errorf("%d counts set aside, want %d; %+v", got.Refused, want, got)
	}
}

// A centre that does not know a measure yet gets what it refused with its next
// answer after it was upgraded, without a start of the kiosk and on the same day.
func TestRefused_UnknownMeasureGoesWithTheCentresUpgrade(t *testing.T) {
	s := newStory(t)
	older, err := count.NewCatalogue(slices.DeleteFunc(count.Standard().All(), func(d count.Definition) bool {
		return d.Measure == count.MeasureGuestsAdult
	})...)
	must(t, err)
	s.measures = older
	must(t, s.held.Close())
	s.openCentre()
	s.come(3)
	s.send()
	s.refused(1)
	s.come(1) // that of the afternoon is refused as well
	s.send()
	s.refused(2)

	s.measures = count.Catalogue{}
	must(t, s.held.Close())
	s.openCentre()
	s.send() // the zeros of the evening
	s.refused(0)
	if n := s.centreReading(`SELECT sum(n) FROM cells WHERE measure = 'guests_18_64'`); n != 4 {
		t.Errorf("the centre holds %d of the new measure, want 4", n)
	}
}

// What was refused because its day was still to come arrives when the day has,
// though the room sends no other number of it.
func TestRefused_FutureGoesWhenItsDayHasCome(t *testing.T) {
	s := newStory(t)
	s.come(1)
	s.send()
	s.at(27, 10)
	s.sendNow()
	s.come(2)
	s.behind.Store(int64(3 * 24 * time.Hour)) // the centre's clock goes back
	s.send()
	s.holds("24:1")
	if now, err := s.store.Sending(t.Context()); err != nil || now.Refused == 0 {
		t.Fatalf("nothing is refused: %+v, %v", now, err)
	}
	s.behind.Store(0)
	s.run("the centre's clock is right again", func() bool {
		now, err := s.store.Sending(t.Context())
		return err == nil && now.Refused == 0
	})
	s.send()
	s.refused(0)
	s.holds("24:1 27:2")
}

// Of a day that the centre's clock has not come to nothing is sent, so nothing is
// refused; once it has, all goes that waited, whatever its size.
func TestRefused_NothingGoesBeforeTheCentresDay(t *testing.T) {
	s := newStory(t)
	s.come(1)
	s.send()
	stays := s.watch.Now().Wall // the centre's clock
	for day := 25; day <= 27; day++ {
		s.at(day, 10)
		s.come(2)
		s.behind.Store(int64(s.watch.Now().Wall.Sub(stays) + 2*time.Hour))
		s.send()
	}
	s.refused(0)
	s.holds("24:1 25:2")
	s.behind.Store(0)
	s.come(1)
	s.sendNow() // with nothing to send it says nothing
	s.run("the centre's clock is right", func() bool {
		now, err := s.store.Sending(t.Context())
		return err == nil && now.Waiting == 0 && s.centreReading(`SELECT count(*) FROM cells WHERE period = '2026-11-27' AND part = 'ochtend'`) > 0
	})
	s.refused(0)
	s.holds("24:1 25:2 26:2 27:2")
}

// What a clock ahead had put on days to come is taken back without a word to the
// centre, which never heard of it: no light tells of a refusal.
func TestRefused_NothingOfDaysThatNeverCame(t *testing.T) {
	s := newStory(t)
	must(t, s.store.Anchor(t.Context(), s.watch.Now(), 500, "sync"))
	s.come(1)
	s.send()
	back := s.watch.Now().Wall
	s.watch.set(kiosk.Moment{Wall: back.AddDate(0, 0, 5), Boot: "boot 2", Since: time.Minute})
	s.come(2)
	must(t, s.store.Tick(t.Context()))
	s.watch.set(kiosk.Moment{Wall: back.Add(time.Hour), Boot: "boot 2", Since: s.watch.Now().Since + time.Hour})
	must(t, s.store.Anchor(t.Context(), s.watch.Now(), 500, "sync"))
	must(t, s.store.Tick(t.Context()))
	s.send()
	s.refused(0)
	if h := s.link.Health(); h.Level != "green" {
		t.Errorf("the line's light is %+v", h)
	}
	s.holds("24:3")
}
