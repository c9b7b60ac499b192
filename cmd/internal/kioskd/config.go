package kioskd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/inloop/cmd/internal/settings"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/devices/sim"
	"example.org/inloop/kiosk"
)

// ErrConfig is returned for settings with which a room cannot be run.
var ErrConfig = errors.New("settings")

// BadgeProof is what a badge has to show.
type BadgeProof string

// The kinds of badges.
const (
	BadgeProofUID     BadgeProof = "uid"     // its number is enough
	BadgeProofGenuine BadgeProof = "genuine" // an NTAG21x that NXP has signed
	BadgeProofSUN     BadgeProof = "sun"     // an NTAG 424 DNA with the room's keys, which cannot be copied
)

// Config is everything that Run needs: what the operator set, as it is used; what
// some of that comes to, which is read there alone; and what the program adds.
type Config struct {
	Settings

	Wiring     wiring.Config    // for wiring.ReaderSPI
	Timetable  kiosk.Timetable  // with its zone set
	Activities []kiosk.Activity // of the week, for the door screen

	Listener net.Listener  // on which the pages are served; Run closes it
	Clock    kiosk.Clock   // nil for the system's
	Witness  Witness       // who vouches for it; nil for nobody, or the system's beside its clock
	Log      *slog.Logger  // never nil
	Grid     time.Duration // between two reports to the centre; 0 for a quarter of an hour, which tests and the demo alone have shorter
	Field    *sim.Field    // for wiring.ReaderSim; nil for one of its own
	Cards    http.Handler  // pages under /sim/, with wiring.ReaderSim on loopback; may be nil
	// Reload reads the settings anew whenever Renewed tells that they may have changed.
	// Both may be nil: then they are those of the start.
	Reload  func() (Config, error)
	Renewed <-chan struct{}
	Ready   func(*Daemon) // called once, when taps are taken; may be nil
}

// complete sets what may be nil to what stands for it.
func (c *Config) complete() (err error) {
	if c.Field == nil {
		c.Field = sim.NewField()
	}
	if c.Clock != nil {
		return nil
	}
	if c.Clock, err = NewSystemClock(); err == nil && c.Witness == nil {
		c.Witness = SystemWitness
	}
	return err
}

// Check returns an ErrConfig, with the [settings.Error] that says what is wrong
// and what to do.
func (c Config) Check() error {
	if err := c.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

func (c Config) check() error {
	data, err := filepath.Abs(c.Data)
	if err != nil || c.Data == "" {
		return settings.Unfit("data", c.Data, "a folder for the room's data: --data DIR")
	}
	key, err := filepath.Abs(c.Key)
	if err != nil || c.Key == "" {
		return settings.Unfit("key", c.Key, "a key file: --key FILE")
	}
	if rel, err := filepath.Rel(data, key); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return settings.Unfit("key", c.Key, "a place that is not inside the data folder, so that a copy of the folder cannot be read")
	}
	switch c.Reader {
	case wiring.ReaderSPI:
		if err := c.Wiring.Check(); err != nil {
			return err
		}
	case wiring.ReaderSim, wiring.ReaderNone:
	default:
		return settings.Unfit("reader", string(c.Reader), "spi, sim or none")
	}
	if !slices.Contains([]BadgeProof{"", BadgeProofUID, BadgeProofGenuine, BadgeProofSUN}, c.Badges) {
		return settings.Unfit("badges", string(c.Badges), "uid, genuine or sun")
	}
	if c.Room != "" && blank(c.Room) {
		return settings.Unfit("room", c.Room, "the name of the room")
	}
	if c.Capacity < 0 {
		return settings.Unfit("capacity", strconv.Itoa(c.Capacity), "a number of people, or 0 for no limit")
	}
	if c.Timetable.Zone == nil {
		return settings.Unfit("zone", "", "a time zone")
	}
	return nil
}
