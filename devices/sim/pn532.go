package sim

import "time"

// PN532Options are the points in which such chips differ. The zero value is one
// of firmware 1.6 whose frames begin with two zeros.
type PN532Options struct {
	Host
	Firmware [4]byte       // of GetFirmwareVersion, 0 for 32 01 06 07
	Lead     int           // zeros before an answer's FF, 1 to 3, 0 for 2; an ACK always has two
	Tail     byte          // what is read after a frame's end
	Latency  time.Duration // from a frame to its acknowledgement, 0 for 0.5 ms
	Answer   time.Duration // from a command's end to its answer, 0 for the latency
	Awake    bool          // comes out of every reset ready for commands, as PN532C104 does
	// Halts makes a listing begin with REQA in the place of WUPA, so that it
	// does not find a card again that the search for a second one has halted:
	// the manual does not say which.
	Halts bool
	// Impatient answers a listing that finds nobody after two tries, whatever
	// retries were asked for.
	Impatient bool
	// Insists ends a listing for two only when it has two.
	Insists bool
	// Blind lists nobody, ever, though it carries frames.
	Blind bool
}

// PN532 is one simulated PN532 on its board (user manual UM0701-02), with the
// field that it works in. What it does while nobody looks is worked out when
// somebody does. It is safe for concurrent use.
type PN532 struct {
	board
	field   *Field
	options PN532Options

	mode   mode
	bootBy time.Time // nothing is heard before
	wakes  byte      // sources that end a power-down
	held   bool      // the reset pin is low
	hung   bool      // answers nothing until a hard reset
	deaf   bool      // hears no card until a hard reset
	hiss   bool      // hears what no card sends
	spoil  int       // answers that go out damaged
	ignore int       // frames that are not heard
	mute   int       // acknowledgements that are not sent

	sam    bool // SAMConfiguration came: targets may be listed
	useIRQ bool
	flags  byte    // of SetParameters
	retry  retries // of RFConfiguration
	analog [11]byte
	reg    [0x40]byte // of the contactless interface unit, at 6300
	sfr    [0x100]byte

	out     outgoing // what waits to be read
	answer  later    // of the command that runs
	last    []byte   // answer, for NACK
	drained func()   // what the chip does once its answer was read

	targets []*target
	fault   byte          // the last command's error
	spent   time.Duration // on the air by this command
}

// mode is how awake the chip is.
type mode int

const (
	modeLowVbat   mode = iota // after a reset ("low battery" mode, AN10609 rev. 1.2, page 21)
	modeAwake                 // takes commands
	modePowerDown             // after PowerDown: a chip select wakes it
)

// retries are what RFConfiguration sets, items 2 and 5.
type retries struct {
	timeout byte // of InCommunicateThru, as a power of two
	passive byte // of a listing, FF for as many as it takes
}

var _ silicon = (*PN532)(nil)

// Flags of SetParameters (user manual 7.2.9).
const (
	autoRATS = 0x10
	bare     = 0x40 // no preamble, no postamble
)

// bootTime is from the end of a reset to the first frame that is heard.
const bootTime = 2 * time.Millisecond

// NewPN532 makes a freshly powered chip that works in the field. It has been
// powered for so long that it has booted.
func NewPN532(f *Field, o PN532Options) *PN532 {
	if o.Firmware == [4]byte{} {
		o.Firmware = [4]byte{0x32, 0x01, 0x06, 0x07}
	}
	if o.Lead == 0 {
		o.Lead = 2
	}
	if o.Latency == 0 {
		o.Latency = 500 * time.Microsecond
	}
	if o.Answer == 0 {
		o.Answer = o.Latency
	}
	c := &PN532{field: f, options: o}
	c.plugIn(c, f, o.Host)
	c.bootBy = time.Time{}
	return c
}

// Hang makes the chip answer nothing until the reset pin or the supply ends that.
func (c *PN532) Hang() { c.strike(func() { c.hung = true }) }

// GoDeaf lets no answer of a card reach the chip until the reset pin or the
// supply ends that.
func (c *PN532) GoDeaf() { c.strike(func() { c.deaf = true }) }

// Hiss lets the receiver hear something that no card sends in answer to every
// frame, until it is called again.
func (c *PN532) Hiss(on bool) { c.strike(func() { c.hiss = on }) }

// Spoil damages the next n answers: each can be had again by NACK.
func (c *PN532) Spoil(n int) { c.strike(func() { c.spoil = n }) }

// Ignore lets the chip miss the next n frames of the host: no ACK, no answer.
func (c *PN532) Ignore(n int) { c.strike(func() { c.ignore = n }) }

// LoseACK lets the next n acknowledgements get lost although their commands
// run: an answer waits where the ACK is expected.
func (c *PN532) LoseACK(n int) { c.strike(func() { c.mute = n }) }

// Busy leaves the chip as a host does that was killed: awake, set up, and amid
// a listing that never ends, so that its answer waits as soon as a card lies
// there.
func (c *PN532) Busy() {
	c.strike(func() {
		now := c.host.Clock.Now()
		c.mode, c.sam, c.useIRQ, c.bootBy = modeAwake, true, true, time.Time{}
		c.abort()
		c.answer = c.run(0x4A, []byte{1, 0}, now)
	})
}

func (c *PN532) strike(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
}

func (c *PN532) power(now time.Time) {
	c.mode, c.bootBy, c.held, c.hung = modeLowVbat, now.Add(bootTime), false, false
	c.spoil, c.ignore, c.mute, c.deaf = 0, 0, 0, false
	c.sam, c.useIRQ, c.fault = false, false, 0
	if c.options.Awake {
		c.mode, c.sam = modeAwake, true
	}
	c.flags = autoRATS | 0x04
	c.retry = retries{timeout: 0x0A, passive: 0xFF}
	c.analog = analogDefaults
	c.reg, c.sfr = ciuResets(), [0x100]byte{}
	c.abort()
	c.targets = nil
	c.power106(false)
}

func (c *PN532) reset(low bool, now time.Time) {
	if low != c.held {
		c.power(now)
	}
	c.held = low
}

// irq is low while something waits (user manual 7.2.10, parameter IRQ).
func (c *PN532) irq(now time.Time) bool { return c.useIRQ && c.ready(now) }
