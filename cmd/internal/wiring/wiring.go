package wiring

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/sysfs"

	"example.org/inloop/cmd/internal/settings"
	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/spibus"
	"example.org/inloop/sync/count"
)

// ReaderKind is what reads the badges.
type ReaderKind string

// The kinds of readers.
const (
	ReaderSPI  ReaderKind = "spi"  // a chip on the SPI bus
	ReaderSim  ReaderKind = "sim"  // the same driver on a simulated chip
	ReaderNone ReaderKind = "none" // no reader: people are checked in at the desk
)

// ChipModel is which reader chip hangs on the bus.
type ChipModel string

// The reader chips.
const (
	ChipModelAny     ChipModel = "auto" // whichever answers
	ChipModelMFRC522 ChipModel = "mfrc522"
	ChipModelPN532   ChipModel = "pn532"
)

// Config is how the reader and the signals hang on the Pi. Pins are named as
// the kernel does, such as GPIO25; "" is a pin that is not wired.
type Config struct {
	SPI    string           // port name, such as SPI0.0; never empty
	Chip   ChipModel        // "" is ChipModelAny
	Speed  physic.Frequency // of the SPI clock, 0 for the chip's default
	Gain   int              // of an MFRC522's receiver in dB, 0 for its default
	IRQ    string           // the chip's IRQ
	Reset  string           // the chip's RST
	LED    string
	Buzzer string
	// Port opens the bus, nil for the one that SPI names.
	Port  func() (spi.PortCloser, error)
	Clock clock.Clock // by which a driver waits; nil for a precise one
}

// gains are the receiver's gains in dB, by the MFRC522's code for them (data
// sheet 9.3.3.7). Two codes each stand for 18 and 23 dB.
var gains = map[int]int{18: 2, 23: 3, 33: 4, 38: 5, 43: 6, 48: 7}

// Check returns a [settings.Error] for what cannot be.
func (c Config) Check() error {
	switch {
	case c.SPI == "":
		// An empty name opens the first port, which on a Pi 5 is the boot
		// flash's.
		return settings.Unfit("spi", c.SPI, "a port such as SPI0.0")
	case !slices.Contains([]ChipModel{"", ChipModelAny, ChipModelMFRC522, ChipModelPN532}, c.Chip):
		return settings.Unfit("chip", string(c.Chip), "auto, mfrc522 or pn532")
	case c.Speed != 0 && (c.Speed < 100*physic.KiloHertz || c.Speed > 10*physic.MegaHertz):
		return settings.Unfit("speed", c.Speed.String(), "100kHz to 10MHz")
	case c.Gain != 0 && gains[c.Gain] == 0:
		return settings.Unfit("gain", strconv.Itoa(c.Gain), "18, 23, 33, 38, 43 or 48 (dB)")
	}
	return nil
}

// Reader gives the reader chip that hangs on the wiring: the one that is named,
// or whichever answers. It is still closed, and a bus that is not there yet is
// a matter of its opening.
func (c Config) Reader(log *slog.Logger) nfc.Chip {
	switch c.Chip {
	case ChipModelMFRC522:
		return c.MFRC522(log)
	case ChipModelPN532:
		return c.PN532(log)
	default:
		return nfc.NewAnyChip(c.MFRC522(log), c.PN532(log))
	}
}

// MFRC522 gives the driver of an MFRC522 that hangs on the wiring.
func (c Config) MFRC522(log *slog.Logger) *mfrc522.Device {
	d := mfrc522.New(c.PortOpener(), c.options(log))
	d.SetGain(gains[c.Gain])
	return d
}

// PN532 gives the driver of a PN532 that hangs on the wiring.
func (c Config) PN532(log *slog.Logger) *pn532.Device {
	return pn532.New(c.PortOpener(), c.options(log))
}

func (c Config) options(log *slog.Logger) spibus.Wiring {
	w := spibus.Wiring{Speed: c.Speed, IRQ: Pin(c.IRQ, log), Reset: Pin(c.Reset, log), Clock: c.Clock, Log: log}
	if w.Clock == nil {
		w.Clock = clock.Precise{}
	}
	return w
}

// PortOpener gives what opens the bus, anew at every call.
func (c Config) PortOpener() func() (spi.PortCloser, error) {
	if c.Port != nil {
		return c.Port
	}
	return func() (spi.PortCloser, error) {
		node := c.Node()
		if node == "" {
			return openSPI(c.SPI)
		}
		f, err := own(node)
		if err != nil {
			return nil, err
		}
		port, err := openSPI(c.SPI)
		if err != nil {
			_ = f.Close() // the first error tells more
			return nil, err
		}
		return &owned{port, f}, nil
	}
}

// Node is the port's file, "" for a name that is not in the kernel's numbering.
func (c Config) Node() string {
	if bus, chip, ok := numbers(c.SPI); ok {
		return fmt.Sprintf("/dev/spidev%d.%d", bus, chip)
	}
	return ""
}

// Gain gives an MFRC522's gain in dB of its code.
func Gain(code int) int {
	for db, c := range gains {
		if c == code {
			return db
		}
	}
	return map[int]int{0: 18, 1: 23}[code]
}

// Pin finds a pin by its name, nil for none. The kiosk does without one that
// this machine does not have.
func Pin(name string, log *slog.Logger) gpio.PinIO {
	if name == "" {
		return nil
	}
	found := gpioreg.ByName(name)
	if found == nil {
		log.Warn("this machine has no such pin; going on without it", "pin", name)
	}
	return found
}

// openSPI opens the named port. A port that came up after the start is in no
// register, so a name of the kernel's numbering is then opened by its numbers.
func openSPI(name string) (spi.PortCloser, error) {
	port, err := spireg.Open(name)
	if err == nil {
		return port, nil
	}
	bus, chip, ok := numbers(name)
	if !ok {
		return nil, err
	}
	late, errLate := sysfs.NewSPI(bus, chip)
	if errLate != nil {
		return nil, errLate
	}
	return late, nil
}

// numbers reads a port's name in the kernel's numbering.
func numbers(name string) (bus, chip int, ok bool) {
	for _, prefix := range []string{"SPI", "/dev/spidev"} {
		rest, ok := strings.CutPrefix(name, prefix)
		before, after, dotted := strings.Cut(rest, ".")
		b, errBus := count.ParseNumber(before)
		c, errChip := count.ParseNumber(after)
		if ok && dotted && errBus == nil && errChip == nil {
			return int(b), int(c), true
		}
	}
	return 0, 0, false
}

// Init registers the machine's buses. A driver that fails, such as one for
// another board, is told in the log; whether the reader's own port opens is all
// that decides.
func Init(log *slog.Logger) {
	state, err := host.Init()
	if err != nil {
		log.Warn("buses of this machine", "err", err)
		return
	}
	for _, f := range state.Failed {
		log.Warn("a driver of this machine does not work; the reader may all the same", "driver", f.D.String(), "err", f.Err)
	}
}
