package timeline_test

import (
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/timeline"
)

// A machine wakes up in 1970. What it writes down stays without a date until
// the true time of the same boot is known.
func Example() {
	tt := kiosk.Timetable{Zone: time.UTC, PartTimes: kiosk.DefaultPartTimes()}
	noted := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

	boot := timeline.Boot{First: time.Minute, LowerBound: noted}
	tap := kiosk.Moment{Wall: time.Unix(100, 0), Boot: "boot", Since: 20 * time.Minute}
	now, boot := boot.Read(tap, noted, tt)
	fmt.Println("the tap is dated:", now.Dated())

	truth := kiosk.Moment{Wall: time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC), Boot: "boot", Since: time.Hour}
	boot, correction := boot.Anchor(truth, timeline.SourceCentre)
	fmt.Println("all of the boot is dated anew:", correction == timeline.CorrectionRedate)

	then := boot.Date(tap.Since, tt)
	fmt.Println("the tap was on", then.Day, then.At.Format("15:04"), then.Part)
	// Output:
	// the tap is dated: false
	// all of the boot is dated anew: true
	// the tap was on 2026-11-24 10:20 ochtend
}
