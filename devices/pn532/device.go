package pn532

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
)

var (
	// ErrNoChip means that the bus works but nothing answers on it.
	ErrNoChip = errors.New("pn532: no chip answers")
	// ErrClosed means that the device was not opened, or was closed.
	ErrClosed = errors.New("pn532: not open")
	// ErrLine means that bytes come back from the chip other than they were
	// sent, at every speed. It is an [iso14443a.ErrChip] too.
	ErrLine = fmt.Errorf("%w: the wires garble bytes", iso14443a.ErrChip)
)

const (
	// again is how soon after an opening another one means that it was no cure.
	again      = 10 * time.Second
	wakeSpan   = 2 * time.Millisecond // of chip select low, out of LowVbat
	resetPulse = time.Millisecond
	afterReset = 3 * time.Millisecond
	fieldFall  = 6 * time.Millisecond // without field, after which cards forget
	fieldRise  = 5 * time.Millisecond // what a card may need from field to first request

	echoBytes = 50 // of a line test
)

// Device is one chip. It belongs to one goroutine at a time.
type Device struct {
	open    func() (spi.PortCloser, error)
	options Options
	clock   clock.Clock
	bell    bell

	bus      *bus             // nil while closed
	speed    physic.Frequency // at which the bus runs
	firmware [4]byte          // of the chip that was last set up
	opened   time.Time        // last try
	failed   int              // tries in a row
	lead     int              // zeros before the start code of this chip's frames
	pending  bool             // a listing waits in the chip
	cycled   bool             // the last Find switched the field
	coarse   bool             // the chip lists no card by its number
	trusted  []iso14443a.Card // of the last listing: read twice alike
}

// New makes a device that is still closed. open opens the SPI port; it is
// called by every [Device.Open], since a port connects only once.
func New(open func() (spi.PortCloser, error), o Options) *Device {
	o = o.withDefaults()
	return &Device{open: open, options: o, clock: o.Clock, bell: bell{pin: o.IRQ, clock: o.Clock, log: o.Log}}
}

// Open opens the bus, wakes the chip, finds the fastest speed that the wires
// bear, sets the chip up and switches the field on. A device that is open is
// closed first, so Open is also the cure for any error: at the first opening
// and at one that follows soon, the reset pin is pulled where it is wired. Its
// errors: the bus's own, [ErrNoChip], or [iso14443a.ErrChip] when the chip
// answers but not as it should.
func (d *Device) Open(ctx context.Context) error {
	if d.bus != nil {
		b := d.bus
		d.bus = nil
		_ = b.close() // it may well be dead: that is why it is opened again
	}
	now := d.clock.Now()
	hard := d.opened.IsZero() || now.Sub(d.opened) < again
	d.opened = now
	b, err := connect(d.open)
	if err != nil {
		return err
	}
	d.bus, d.pending, d.trusted = b, false, nil
	if err := d.begin(ctx, hard); err != nil {
		d.failed++
		d.bus = nil
		_ = b.close() // the first error tells more
		return err
	}
	d.failed = 0
	return nil
}

// Close ends what the chip is doing, switches the field off and closes the bus.
// Closing a closed device does nothing.
func (d *Device) Close() error {
	if d.bus == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := d.abort(ctx); err == nil {
		_ = d.field(ctx, false) // a chip that is gone has none
	}
	b := d.bus
	d.bus = nil
	return b.close()
}

func (d *Device) begin(ctx context.Context, hard bool) error {
	if hard {
		if err := d.pulse(ctx); err != nil {
			return err
		}
	}
	speeds := d.options.speeds()
	var err error
	for i := range speeds {
		// After a failure the next try begins slower: wires may be too bad for
		// a single frame.
		d.speed = speeds[(i+d.failed)%len(speeds)]
		if err = d.bus.limit(d.speed); err != nil {
			return err
		}
		if err = d.rouse(ctx); err != nil {
			break
		}
		if err = d.testLine(ctx); err == nil || !errors.Is(err, iso14443a.ErrChip) {
			break
		}
	}
	if err != nil {
		return err
	}
	if d.speed < d.options.Speed {
		d.options.Log.Warn("the reader's wires garble bytes at the configured speed; running slower",
			"configured", d.options.Speed.String(), "speed", d.speed.String())
	}
	return d.setUp(ctx)
}

// pulse pulls the reset pin, if it is wired.
func (d *Device) pulse(ctx context.Context) error {
	if d.options.Reset == nil {
		return nil
	}
	for _, step := range []struct {
		level gpio.Level
		wait  time.Duration
	}{{gpio.Low, resetPulse}, {gpio.High, afterReset}} {
		if err := d.options.Reset.Out(step.level); err != nil {
			d.options.Log.Warn("reader's reset pin cannot be driven; going on without it", "err", err)
			d.options.Reset = nil
			return nil
		}
		if err := d.clock.Sleep(ctx, step.wait); err != nil {
			_ = d.options.Reset.Out(gpio.High) // not to be left in reset
			return fmt.Errorf("pn532: reset: %w", err)
		}
	}
	return nil
}

// rouse wakes the chip and ends what it may still be doing for a life before
// this one.
func (d *Device) rouse(ctx context.Context) error {
	d.bell.works = false
	if err := d.bus.wake(int(wakeSpan*time.Duration(d.speed/physic.Hertz)/time.Second/8) + 1); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, turn); err != nil {
		return err
	}
	return d.abort(ctx)
}

// testLine sends patterns to the chip and compares what it sends back
// (Diagnose, user manual 7.2.1, test 00). The chip must be told first that it
// is to run without a secure element (7.2.10).
func (d *Device) testLine(ctx context.Context) error {
	if _, err := d.call(ctx, within, 0, samConfiguration, 0x01, 0x14, 0x01); err != nil {
		return err
	}
	patterns := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same ones each time are what is wanted
	for range 2 {
		sent := make([]byte, echoBytes)
		for i := 1; i < len(sent); i++ { // the first byte is the test's number: 00
			sent[i] = byte(patterns.Uint32())
		}
		got, err := d.call(ctx, within, len(sent), diagnose, sent...)
		if errors.Is(err, errRefused) {
			return nil // no chip of NXP's, but one that answers well
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(got, sent) {
			return fmt.Errorf("pn532: line test: %w at %s", ErrLine, d.speed)
		}
	}
	return nil
}

// setUp tells the chip what it needs for cards of type A.
func (d *Device) setUp(ctx context.Context) error {
	firmware, err := d.askFirmware(ctx)
	if err != nil {
		return err
	}
	d.greet(firmware)
	if _, err := d.call(ctx, within, 0, setParameters, 0x00); err != nil {
		return err
	}
	// A listing that stays until a card comes; it gives up nothing else.
	if _, err := d.call(ctx, within, 0, rfConfiguration, retriesItem, 0xFF, 0x01, forEver); err != nil {
		return err
	}
	if err := d.proveBell(ctx); err != nil {
		return err
	}
	return d.cycleField(ctx)
}

// askFirmware gives the chip's name, version, revision and features.
func (d *Device) askFirmware(ctx context.Context) (v [4]byte, err error) {
	got, err := d.call(ctx, within, len(v), getFirmwareVersion)
	if err != nil {
		return v, err
	}
	if len(got) != len(v) {
		return v, fmt.Errorf("pn532: firmware version: %w: %d bytes, want %d", iso14443a.ErrChip, len(got), len(v))
	}
	return [4]byte(got), nil
}

// greet remembers the chip and says once what it is.
func (d *Device) greet(firmware [4]byte) {
	if firmware == d.firmware {
		return
	}
	d.firmware = firmware
	log := d.options.Log.With("version", fmt.Sprintf("%d.%d", firmware[1], firmware[2]))
	if firmware[0] == ic {
		log.Info("reader chip found", "model", "PN532")
		return
	}
	log.Warn("reader chip is no PN532; going on", "ic", fmt.Sprintf("%02X", firmware[0]))
}

// ic is the PN532's name in its firmware version (user manual 7.2.2).
const ic = 0x32

// proveBell finds out whether the interrupt pin follows the chip.
func (d *Device) proveBell(ctx context.Context) error {
	if !d.bell.arm() {
		return nil
	}
	follows := !d.bell.rings()
	if err := d.bus.write(command(getFirmwareVersion)); err != nil {
		return err
	}
	for range 2 { // the acknowledgement, the answer
		if err := d.clock.Sleep(ctx, turn); err != nil {
			return err
		}
		if err := d.await(ctx, within); err != nil {
			return err
		}
		follows = follows && d.bell.rings()
		if _, err := d.bus.read(4 + overhead); err != nil {
			return err
		}
	}
	if follows = follows && !d.bell.rings(); !follows {
		d.bell.giveUp("the pin does not follow the chip")
	}
	d.bell.works = follows
	return nil
}

// field switches the field (RFConfiguration item 1, user manual 7.3.1).
func (d *Device) field(ctx context.Context, on bool) error {
	v := byte(0)
	if on {
		v = fieldOn
	}
	_, err := d.call(ctx, within, 0, rfConfiguration, fieldItem, v)
	return err
}

// cycleField switches the field off and on: cards forget that they were halted.
func (d *Device) cycleField(ctx context.Context) error {
	if err := d.field(ctx, false); err != nil {
		return err
	}
	if err := d.clock.Sleep(ctx, fieldFall); err != nil {
		return err
	}
	if err := d.field(ctx, true); err != nil {
		return err
	}
	return d.clock.Sleep(ctx, fieldRise)
}

// Check finds out whether the chip still answers: a listing that waits for a
// card looks like a chip that has died. It costs nothing where a listing is
// ready; else the listing is ended, and begun anew by the next [Device.Scan].
// Its errors are [ErrNoChip], [iso14443a.ErrChip] and the bus's own.
func (d *Device) Check(ctx context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	if d.pending {
		ready, err := d.lookReady()
		if err != nil {
			return err
		}
		if ready {
			if d.bell.works && !d.bell.rings() {
				d.bell.giveUp("the pin went quiet")
			}
			return nil
		}
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	firmware, err := d.askFirmware(ctx)
	if err != nil {
		return err
	}
	if firmware != d.firmware {
		return fmt.Errorf("pn532: check: %w: another firmware version answers", iso14443a.ErrChip)
	}
	return nil
}

// Refresh ends what the chip is doing, sets it up anew and switches the field
// off and on, against a receiver that has gone deaf, which no command shows.
// Its errors are those of [Device.Open].
func (d *Device) Refresh(ctx context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	return d.setUp(ctx)
}

// Report is what an open device tells about itself.
type Report struct {
	Firmware   [4]byte          // name, version, revision, features
	Configured physic.Frequency // of the bus, as it was asked for
	Speed      physic.Frequency // at which it runs
	IRQ        bool             // whether the interrupt pin is used
}

// Genuine tells whether the chip calls itself a PN532.
func (r Report) Genuine() bool { return r.Firmware[0] == ic }

// Report tells how the device runs. [ErrClosed] when it does not.
func (d *Device) Report() (Report, error) {
	if d.bus == nil {
		return Report{}, ErrClosed
	}
	return Report{d.firmware, d.options.Speed, d.speed, d.bell.works}, nil
}

// SelfTest has the chip test its ROM and RAM (Diagnose, user manual 7.2.1,
// tests 01 and 02). [iso14443a.ErrChip] when one fails.
func (d *Device) SelfTest(ctx context.Context) error {
	if d.bus == nil {
		return ErrClosed
	}
	if err := d.abort(ctx); err != nil {
		return err
	}
	for _, test := range []byte{0x01, 0x02} {
		got, err := d.call(ctx, time.Second, 1, diagnose, test)
		if err != nil {
			return err
		}
		if len(got) != 1 || got[0] != 0 {
			return fmt.Errorf("pn532: self test: %w: memory test %d fails", iso14443a.ErrChip, test)
		}
	}
	return d.setUp(ctx)
}
