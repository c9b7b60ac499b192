package kioskd

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
)

func TestConfig_Check(t *testing.T) {
	dir := t.TempDir()
	good := Config{
		Settings: Settings{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), Reader: wiring.ReaderSPI},
		Wiring:   wiring.Config{SPI: "SPI0.0"}, Timetable: kiosk.Timetable{Zone: time.UTC},
	}
	for _, c := range []struct {
		name   string
		change func(*Config)
		says   string // "" for a config that can be run
	}{
		{"as it should be", func(*Config) {}, ""},
		{"no reader wanted", func(c *Config) { c.Reader, c.Wiring.SPI = wiring.ReaderNone, "" }, ""},
		{"no data folder", func(c *Config) { c.Data = "" }, "--data DIR"},
		{"no key", func(c *Config) { c.Key = "" }, "--key FILE"},
		{"key among the data", func(c *Config) { c.Key = filepath.Join(c.Data, "key") }, "inside the data folder"},
		{"key among the data by a detour", func(c *Config) { c.Key = c.Data + "/../data/sub/key" }, "inside the data folder"},
		{"key beside the data, alike in name", func(c *Config) { c.Key = c.Data + ".key" }, ""},
		{"key called as if it went up", func(c *Config) { c.Key = filepath.Join(c.Data, "..key") }, "inside the data folder"},
		{"unknown reader", func(c *Config) { c.Reader = "usb" }, "want spi, sim or none"},
		{"first port that comes", func(c *Config) { c.Wiring.SPI = "" }, "want a port such as SPI0.0"},
		{"a chip that there is none of", func(c *Config) { c.Wiring.Chip = "pn533" }, "want auto, mfrc522 or pn532"},
		{"faster than the chip", func(c *Config) { c.Wiring.Speed = 20 * physic.MegaHertz }, "100kHz to 10MHz"},
		{"a gain that there is none of", func(c *Config) { c.Wiring.Gain = 40 }, "33, 38"},
		{"all that can be wired", func(c *Config) {
			c.Wiring = wiring.Config{SPI: "SPI0.0", Chip: wiring.ChipModelPN532, Speed: physic.MegaHertz, Gain: 38, IRQ: "GPIO24", Reset: "GPIO25", LED: "GPIO17", Buzzer: "GPIO27"}
		}, ""},
		{"no zone", func(c *Config) { c.Timetable.Zone = nil }, "time zone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := good
			c.change(&cfg)
			err := cfg.Check()
			if c.says == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want an ErrConfig that says %q", err, c.says)
			}
		})
	}
}
