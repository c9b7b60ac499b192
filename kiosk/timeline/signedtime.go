package timeline

import (
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// agreeAfter is how long after a signed time that leapt another one has to agree with it.
const agreeAfter = 24 * time.Hour

// SignedTime is how late it is by what a centre has signed. By it a room sends, settles and
// deletes what it could not take back, and a centre may lie or be wrong: so one signed
// time alone that lies further ahead of the last known day than a room is away for
// moves nothing.
type SignedTime struct {
	Day  count.Day // of the last signed time that is believed, NoDay for none
	Boot string    // in which one was told that is not yet, "" for none
	Told Alignment // that one
}

// Hear takes a signed time, at.Wall, of an answer that came at at.Since of its boot.
// known is the last day that the room knows by its own clock: so a person's word, or the
// network's time, makes a signed time believed that agrees with it. Else another one has
// to agree, a day of CLOCK_BOOTTIME later in the same boot.
func (h SignedTime) Hear(at kiosk.Moment, known count.Day, zone *time.Location) SignedTime {
	day := count.DayOf(at.Wall, zone)
	if known = max(known, h.Day); !Leapt(day, known) {
		return SignedTime{Day: day}
	}
	if h.Boot == at.Boot && at.Wall.Sub(h.Told.When(at.Since)).Abs() <= closeWord {
		if at.Since-h.Told.Since >= agreeAfter {
			return SignedTime{Day: day}
		}
		return h
	}
	return SignedTime{Day: h.Day, Boot: at.Boot, Told: Alignment{At: at.Wall, Since: at.Since, Trust: kiosk.TrustBounded}}
}
