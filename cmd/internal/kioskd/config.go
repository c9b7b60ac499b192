package kioskd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
)

// ErrConfig is returned for settings with which a room cannot be run.
var ErrConfig = errors.New("settings")

// BadgeKind is what a badge has to show.
type BadgeKind string

// The kinds of badges.
const (
	BadgesUID     BadgeKind = "uid"     // its number is enough
	BadgesGenuine BadgeKind = "genuine" // an NTAG21x that NXP has signed
	BadgesSUN     BadgeKind = "sun"     // an NTAG 424 DNA with the room's keys, which cannot be copied
)

// Config is everything that Run needs.
type Config struct {
	Name      string            // of the room, as the neighbourhood calls it; may be empty
	Data      string            // folder of the database, made when it is not there
	Key       string            // key file, outside Data
	Listener  net.Listener      // on which the pages are served; Run closes it
	Reader    wiring.ReaderKind // what reads the badges
	Wiring    wiring.Plan       // for wiring.ReaderSPI
	Badges    BadgeKind         // "" is BadgesUID
	Central   string            // address of the centre, "" for none
	Timetable kiosk.Timetable   // with its zone set
	Programme []kiosk.Activity  // of the week, for the door screen
	OneScreen bool              // hall and desk share one screen
	Capacity  int               // 0 when not set
	Clock     kiosk.Clock       // nil for the system's
	Log       *slog.Logger      // never nil
	Field     *sim.Field        // for wiring.ReaderSim; nil for one of its own
	Cards     http.Handler      // pages under /sim/, with wiring.ReaderSim on loopback; may be nil
	Ready     func(*Kiosk)      // called once, when taps are taken; may be nil
}

// Check returns an ErrConfig that says what is wrong and what to do.
func (c Config) Check() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: %w", ErrConfig, fmt.Errorf(format, a...))
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
	case wiring.ReaderSPI:
		if err := c.Wiring.Check(); err != nil {
			return bad("%w", err)
		}
	case wiring.ReaderSim, wiring.ReaderNone:
	default:
		return bad("reader %.20q: want spi, sim or none", string(c.Reader))
	}
	if !slices.Contains([]BadgeKind{"", BadgesUID, BadgesGenuine, BadgesSUN}, c.Badges) {
		return bad("badges %.20q: want uid, genuine or sun", string(c.Badges))
	}
	if c.Timetable.Zone == nil {
		return bad("no time zone")
	}
	return nil
}
