package room

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"

	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
)

// ErrConfig is returned for settings with which a room cannot be run.
var ErrConfig = errors.New("settings")

// ReaderKind is what reads the badges.
type ReaderKind string

// The kinds of readers.
const (
	ReaderSPI  ReaderKind = "spi"  // an MFRC522 on the SPI bus
	ReaderSim  ReaderKind = "sim"  // the same driver on a simulated chip
	ReaderNone ReaderKind = "none" // no reader: people are checked in at the desk
)

// Config is everything that Run needs.
type Config struct {
	Name      string           // of the room, as the neighbourhood calls it; may be empty
	Data      string           // folder of the database, made when it is not there
	Key       string           // key file, outside Data
	Listener  net.Listener     // on which the pages are served; Run closes it
	Reader    ReaderKind       // what reads the badges
	SPI       string           // port name, such as SPI0.0; never empty, see Check
	Central   string           // address of the centre, "" for none
	Timetable kiosk.Timetable  // with its zone set
	Programme []kiosk.Activity // of the week, for the door screen
	OneScreen bool             // hall and desk share one screen
	Capacity  int              // 0 when not set
	Clock     kiosk.Clock      // nil for the system's
	Log       *slog.Logger     // never nil
	Field     *sim.Field       // for ReaderSim; nil for one of its own
	Cards     http.Handler     // pages under /sim/, with ReaderSim on loopback; may be nil
	Ready     func(*Room)      // called once, when taps are taken; may be nil
}

// Check returns an ErrConfig that says what is wrong and what to do.
func (c Config) Check() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, a...))
	}
	data, err := filepath.Abs(c.Data)
	if err != nil || c.Data == "" {
		return bad("no data folder: give --data DIR")
	}
	key, err := filepath.Abs(c.Key)
	if err != nil || c.Key == "" {
		return bad("no key file: give --key FILE")
	}
	if rel, err := filepath.Rel(data, key); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return bad("the key file %s lies inside the data folder, so that a copy of the folder could be read: give --key a place outside it", c.Key)
	}
	switch c.Reader {
	case ReaderSPI:
		// An empty name opens the first port, which on a Pi 5 is the boot
		// flash's.
		if c.SPI == "" {
			return bad("no SPI port: give --spi SPI0.0")
		}
	case ReaderSim, ReaderNone:
	default:
		return bad("reader %.20q: want spi, sim or none", string(c.Reader))
	}
	if c.Timetable.Zone == nil {
		return bad("no time zone")
	}
	return nil
}
