package mfrc522

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// Times on the air (ISO/IEC 14443-2 and -3, at 106 kbit/s).
const (
	bitTime      = 9440 * time.Nanosecond // 128/fc
	answerDelay  = 92 * time.Microsecond  // at most 1236/fc from frame to answer
	frameGap     = 87 * time.Microsecond  // at least 1172/fc from answer to frame
	requestGap   = 520 * time.Microsecond // at least 7000/fc between starts of REQA or WUPA
	silenceSpan  = time.Millisecond       // HLTA is taken when nothing comes for so long
	margin       = 15 * time.Microsecond
	pollFirst    = 200 * time.Microsecond
	pollLongest  = time.Millisecond
	timerGrace   = time.Millisecond      // an answer may end after a timer that does not stop
	hostDeadline = 50 * time.Millisecond // neither flag by then: the chip lost its set-up
	fewestReads  = 30                    // but not before so many reads
)

// heads are the registers that lead every read of an answer; the answer's
// bytes follow in the same frame.
var heads = []register{comIrqReg, errorReg, fifoLevelReg, controlReg, collReg}

// Transceive sends one frame and gives what answers. Errors of the bus name
// step and register; beside them [iso14443a.ErrNoAnswer],
// [iso14443a.ErrGarbled], and [iso14443a.ErrChip] when the chip's flags cannot
// be.
func (d *Device) Transceive(ctx context.Context, f iso14443a.Frame) (iso14443a.Response, error) {
	if !d.bus.IsOpen() {
		return iso14443a.Response{}, ErrClosed
	}
	request := f.LastBits == 7 && len(f.Data) == 1
	if err := d.keepGap(ctx, request); err != nil {
		return iso14443a.Response{}, err
	}
	err := d.registers.write("exchange",
		set(commandReg, cmdIdle),
		set(comIrqReg, irqClearAll),
		set(fifoLevelReg, fifoFlush),
		write{reg: fifoDataReg, data: f.Data},
		set(commandReg, cmdTransceive),
		set(bitFramingReg, startSend|byte(f.Align)<<4|byte(f.LastBits)),
	)
	if err != nil {
		return iso14443a.Response{}, err
	}
	sent := d.clock.Now()
	if request {
		d.request = sent.Add(requestGap)
	}
	if err := d.rest(ctx, f); err != nil {
		return iso14443a.Response{}, err
	}
	got, err := d.collect(ctx, newWatch(f, request, sent))
	if err != nil {
		return iso14443a.Response{}, err
	}
	return got.interpret()
}

// rest lets the time pass in which nothing can be there yet.
func (d *Device) rest(ctx context.Context, f iso14443a.Frame) error {
	switch {
	case f.Timeout > 0:
		return d.clock.Sleep(ctx, sendTime(f)+answerDelay)
	case f.Want == 0:
		// The timer, which pulls the interrupt pin, is no end of these.
		return d.clock.Sleep(ctx, airTime(f))
	}
	return d.bus.Interrupt().Wait(ctx, airTime(f))
}

// keepGap waits until the cards are ready for the next frame.
func (d *Device) keepGap(ctx context.Context, request bool) error {
	until := d.quiet
	if request && d.request.After(until) {
		until = d.request
	}
	return d.clock.Sleep(ctx, until.Sub(d.clock.Now()))
}

// sendTime is how long the frame alone takes.
func sendTime(f iso14443a.Frame) time.Duration {
	return time.Duration(1+iso14443a.AirBits(f.Bits())) * bitTime
}

// airTime is how long frame and answer take, or frame and silence.
func airTime(f iso14443a.Frame) time.Duration {
	sent := sendTime(f)
	if f.Want == 0 {
		return sent + silenceSpan + margin
	}
	// Start bit before, end of frame behind.
	answer := answerDelay + time.Duration(1+iso14443a.AirBits(8*f.Want)+2)*bitTime
	return sent + max(answer, timerSpan) + margin
}

// watch says how long an exchange is looked at.
type watch struct {
	want      int       // bytes of the awaited answer
	slow      bool      // the card takes its own time
	notBefore time.Time // before it, the timer alone is no end
	deadline  time.Time // by then, a chip that shows nothing is at fault
}

// newWatch is the watch over a frame that was sent just now. A silent REQA or
// HLTA is the common case, and its answer would be over before the timer; for
// other frames one look more is worth its time.
func newWatch(f iso14443a.Frame, request bool, sent time.Time) watch {
	w := watch{want: f.Want, slow: f.Timeout > 0, notBefore: sent, deadline: sent.Add(f.Timeout + hostDeadline)}
	if !request && f.Want > 0 {
		w.notBefore = sent.Add(airTime(f) + f.Timeout + timerGrace)
	}
	return w
}

// reception is what one exchange brought.
type reception struct {
	flags, errors, control, coll byte
	data                         []byte
}

// collect reads until a flag shows the exchange's end. The first read comes
// when the air must be quiet, so as a rule it is the only one.
func (d *Device) collect(ctx context.Context, w watch) (reception, error) {
	var got reception
	pause := pollFirst
	for reads := 1; ; reads++ {
		began := d.clock.Now()
		n := max(w.want-len(got.data), 0)
		if w.slow {
			n = 0 // a byte that comes in while it is looked at would be lost
		}
		level, err := d.readOnce(&got, n)
		if err != nil {
			return got, err
		}
		now := d.clock.Now()
		// A stalled host has looked late, which is not the chip's fault.
		late := reads >= fewestReads && now.After(w.deadline)
		timer := got.flags&irqTimer != 0
		if reads == 1 && !w.slow {
			d.bus.Interrupt().Compare(timer || got.flags&irqRx != 0)
		}
		switch {
		case got.flags&irqRx != 0:
			d.quiet = now.Add(frameGap)
			if reads == 1 {
				d.quiet = began.Add(frameGap) // the answer was over before
			}
			return got, d.readRest(&got, level)
		case timer && now.After(w.notBefore) && len(got.data) == 0, timer && late:
			return got, nil
		case late:
			return got, fmt.Errorf("mfrc522: exchange: %w: ComIrqReg shows neither end nor time-out (%02X)",
				iso14443a.ErrChip, got.flags)
		}
		if timer && !w.slow && now.Before(w.notBefore) {
			pause = w.notBefore.Sub(now) + 1 // the one look more
		}
		if err := d.clock.Sleep(ctx, pause); err != nil {
			return got, err
		}
		pause = min(2*pause, pollLongest)
	}
}

// readOnce reads the heads and n bytes of answer in one frame, of which it
// keeps those that the level vouches for, and returns how many are left.
func (d *Device) readOnce(got *reception, n int) (int, error) {
	regs := slices.Concat(heads, slices.Repeat([]register{fifoDataReg}, n))
	values, err := d.registers.read("exchange", regs...)
	if err != nil {
		return 0, err
	}
	level := int(values[2] & fifoLevelMask)
	if level > fifoSize {
		return 0, fmt.Errorf("mfrc522: exchange: %w: FIFOLevelReg reads %02X", iso14443a.ErrChip, values[2])
	}
	got.flags, got.errors, got.control, got.coll = values[0], values[1], values[3], values[4]
	taken := min(level, n)
	got.data = append(got.data, values[len(heads):len(heads)+taken]...)
	return level - taken, nil
}

// readRest fetches what an answer has beyond its awaited length.
func (d *Device) readRest(got *reception, n int) error {
	if n == 0 {
		return nil
	}
	values, err := d.registers.readFIFO("exchange", n)
	got.data = append(got.data, values...)
	return err
}

// interpret turns flags and errors into an answer. A collision leads: the other
// errors may be its consequence.
func (r reception) interpret() (iso14443a.Response, error) {
	a := iso14443a.Response{Data: r.data, LastBits: int(r.control & lastBitsMask)}
	switch {
	case r.errors&errTemp != 0:
		return a, fmt.Errorf("mfrc522: exchange: %w: too hot, ErrorReg reads %02X", iso14443a.ErrChip, r.errors)
	case r.flags&irqRx == 0:
		return iso14443a.Response{}, iso14443a.ErrNoAnswer
	case r.errors&errColl != 0:
		a.Collision = position(r.coll)
	case r.errors&errAnswer != 0:
		return iso14443a.Response{}, fmt.Errorf("%w: ErrorReg reads %02X", iso14443a.ErrGarbled, r.errors)
	}
	return a, nil
}

// position reads collReg: 0 stands for bit 32 (data sheet 9.3.1.15).
func position(coll byte) int {
	switch p := int(coll & collPosMask); {
	case coll&collNotValid != 0:
		return iso14443a.UnknownPosition
	case p == 0:
		return 32
	default:
		return p
	}
}
