package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a Pi image without zone files must not count in UTC

	"github.com/BurntSushi/toml"

	"example.org/inloop/cmd/internal/kioskd"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// options are the settings that a flag, the environment or the file can give,
// in that order. Empty means: not given here.
type options struct {
	Data     string `toml:"data" env:"INLOOP_DATA" placeholder:"DIR"`
	Key      string `toml:"key" env:"INLOOP_KEY" placeholder:"FILE"`
	Listen   string `toml:"listen" env:"INLOOP_LISTEN" placeholder:"ADDR"`
	Reader   string `toml:"reader" env:"INLOOP_READER" placeholder:"spi|sim|none"`
	SPI      string `toml:"spi" name:"spi" env:"INLOOP_SPI" placeholder:"SPI0.0"`
	Chip     string `toml:"chip" env:"INLOOP_CHIP" placeholder:"auto|mfrc522|pn532"`
	Speed    string `toml:"speed" env:"INLOOP_SPEED" placeholder:"4MHz"`
	Gain     int    `toml:"gain" env:"INLOOP_GAIN" placeholder:"33"`
	IRQ      string `toml:"irq" name:"irq" env:"INLOOP_IRQ" placeholder:"GPIO24"`
	Reset    string `toml:"reset" env:"INLOOP_RESET" placeholder:"GPIO25"`
	LED      string `toml:"led" name:"led" env:"INLOOP_LED" placeholder:"GPIO17"`
	Buzzer   string `toml:"buzzer" env:"INLOOP_BUZZER" placeholder:"GPIO27"`
	Badges   string `toml:"badges" env:"INLOOP_BADGES" placeholder:"uid|genuine|sun"`
	Central  string `toml:"central" env:"INLOOP_CENTRAL" placeholder:"URL"`
	Capacity int    `toml:"capacity" env:"INLOOP_CAPACITY" placeholder:"N"`
}

// defaults is what holds when nobody says otherwise.
func defaults() options {
	return options{
		Data: "/var/lib/inloop", Key: "/etc/inloop/key", Listen: "127.0.0.1:8080",
		Reader: string(wiring.ReaderSPI), SPI: "SPI0.0", Chip: string(wiring.ChipAny), Badges: string(kioskd.BadgesUID),
	}
}

// over returns o with what is empty taken from below.
func (o options) over(below options) options {
	pick := func(a *string, b string) {
		if *a == "" {
			*a = b
		}
	}
	pick(&o.Data, below.Data)
	pick(&o.Key, below.Key)
	pick(&o.Listen, below.Listen)
	pick(&o.Reader, below.Reader)
	pick(&o.SPI, below.SPI)
	pick(&o.Chip, below.Chip)
	pick(&o.Speed, below.Speed)
	pick(&o.IRQ, below.IRQ)
	pick(&o.Reset, below.Reset)
	pick(&o.LED, below.LED)
	pick(&o.Buzzer, below.Buzzer)
	pick(&o.Badges, below.Badges)
	pick(&o.Central, below.Central)
	if o.Gain == 0 {
		o.Gain = below.Gain
	}
	if o.Capacity == 0 {
		o.Capacity = below.Capacity
	}
	return o
}

// wiring is how the reader and its signals hang on this machine.
func (o options) wiring() (wiring.Plan, error) {
	w := wiring.Plan{
		SPI: o.SPI, Chip: wiring.Chip(o.Chip), Gain: o.Gain,
		IRQ: o.IRQ, Reset: o.Reset, LED: o.LED, Buzzer: o.Buzzer,
	}
	if o.Speed == "" {
		return w, nil
	}
	if err := w.Speed.Set(o.Speed); err != nil {
		return w, fmt.Errorf("%w: speed %.20q: want one such as 4MHz or 500kHz", errSettings, o.Speed)
	}
	return w, nil
}

// file is the TOML file: the options, and what only a file can hold.
type file struct {
	options
	Room       string              `toml:"room"`
	OneScreen  bool                `toml:"one_screen"`
	Zone       string              `toml:"zone"`
	Parts      parts               `toml:"parts"`
	Hours      map[string][]string `toml:"hours"`
	Exceptions map[string][]string `toml:"exceptions"`
	Programme  []activity          `toml:"programme"`
}

type parts struct {
	Afternoon string `toml:"middag"`
	Evening   string `toml:"avond"`
}

type activity struct {
	Day   string `toml:"day"`
	From  string `toml:"from"`
	Until string `toml:"until"`
	Title string `toml:"title"`
}

// settings is everything read and checked.
type settings struct {
	options
	Room      string
	OneScreen bool
	Timetable kiosk.Timetable
	Programme []kiosk.Activity
}

// errSettings is given for settings that cannot be used, whoever finds that out.
var errSettings = kioskd.ErrConfig

// load reads the settings file and lays the options given by flag or
// environment over it. Without a path there need be no file.
func load(path string, given options) (settings, error) {
	var f file
	var text string
	if path != "" {
		written, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return settings{}, fmt.Errorf("%w: %s is not there; leave --config out to run on defaults", errSettings, path)
		} else if err != nil {
			return settings{}, fmt.Errorf("%w: %w", errSettings, err)
		}
		text = string(written)
		if f, err = parse(text); err != nil {
			return settings{}, fmt.Errorf("%w %s: %w", errSettings, path, err)
		}
	}
	s := settings{Room: f.Room, OneScreen: f.OneScreen, options: given.over(f.options).over(defaults())}
	var err error
	if s.Timetable, err = f.timetable(); err == nil {
		s.Programme, err = f.programme()
	}
	if err == nil && s.Capacity < 0 {
		err = off(fmt.Errorf("%d: want a number of people, or 0 for no limit", s.Capacity), "capacity")
	}
	if err != nil && path == "" {
		return settings{}, fmt.Errorf("%w: %w", errSettings, err)
	} else if err != nil {
		return settings{}, fmt.Errorf("%w %s: %w", errSettings, path, located(text, err))
	}
	return s, nil
}

// parse reads TOML. A key that is none of ours is an error, because a typing
// error that is passed over is a setting that silently does not hold.
func parse(text string) (file, error) {
	var f file
	md, err := toml.Decode(text, &f)
	var at toml.ParseError
	if errors.As(err, &at) {
		return f, errors.New(at.ErrorWithPosition())
	} else if err != nil {
		return f, inWords(err)
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		return f, located(text, off(errors.New("no such setting; see inloop-kiosk help settings"), unknown[0]...))
	}
	return f, nil
}

// weekdays are the names of days in the file, as Dutch calendars shorten them.
func weekdays() map[string]time.Weekday {
	return map[string]time.Weekday{"ma": time.Monday, "di": time.Tuesday, "wo": time.Wednesday, "do": time.Thursday,
		"vr": time.Friday, "za": time.Saturday, "zo": time.Sunday}
}

func weekday(name string) (time.Weekday, error) {
	if d, ok := weekdays()[name]; ok {
		return d, nil
	}
	return 0, fmt.Errorf("day %q: want ma, di, wo, do, vr, za or zo", name)
}

func (f file) timetable() (kiosk.Timetable, error) {
	t := kiosk.Timetable{Week: map[time.Weekday][]kiosk.OpeningHours{}, Exceptions: map[count.Day][]kiosk.OpeningHours{}, PartTimes: kiosk.DefaultPartTimes()}
	zone := f.Zone
	if zone == "" {
		zone = "Europe/Amsterdam"
	}
	var err error
	if t.Zone, err = time.LoadLocation(zone); err != nil {
		return t, off(fmt.Errorf("%q: want a name such as Europe/Amsterdam", zone), "zone")
	}
	if f.Parts.Afternoon != "" {
		if t.PartTimes.Afternoon, err = count.ParseClockTime(f.Parts.Afternoon); err != nil {
			return t, off(err, "parts", "middag")
		}
	}
	if f.Parts.Evening != "" {
		if t.PartTimes.Evening, err = count.ParseClockTime(f.Parts.Evening); err != nil {
			return t, off(err, "parts", "avond")
		}
	}
	if t.PartTimes.Afternoon >= t.PartTimes.Evening {
		return t, off(fmt.Errorf("middag %s has to be before avond %s", t.PartTimes.Afternoon, t.PartTimes.Evening), "parts")
	}
	hours := f.Hours
	if hours == nil {
		hours = map[string][]string{"ma": {"10:00-17:00"}, "di": {"10:00-17:00"}, "wo": {"10:00-17:00"}, "do": {"10:00-17:00"}, "vr": {"10:00-17:00"}}
	}
	for name, spans := range hours {
		d, err := weekday(name)
		if err != nil {
			return t, off(err, "hours", name)
		}
		if t.Week[d], err = parseHours(spans); err != nil {
			return t, off(err, "hours", name)
		}
	}
	for name, spans := range f.Exceptions {
		d, err := count.ParseDay(name)
		if err != nil {
			return t, off(err, "exceptions", name)
		}
		if t.Exceptions[d], err = parseHours(spans); err != nil {
			return t, off(err, "exceptions", name)
		}
	}
	return t, nil
}

// parseHours reads spans such as "10:00-12:30", in order and apart.
func parseHours(spans []string) ([]kiosk.OpeningHours, error) {
	hours := []kiosk.OpeningHours{}
	for _, span := range spans {
		from, until, ok := strings.Cut(span, "-")
		if !ok {
			return nil, fmt.Errorf("%q: want hours such as 10:00-12:30", span)
		}
		h, err := spanOf(from, until)
		if err != nil {
			return nil, err
		}
		if len(hours) > 0 && h.From < hours[len(hours)-1].Until {
			return nil, fmt.Errorf("%q begins before the hours ahead of it end", span)
		}
		hours = append(hours, h)
	}
	return hours, nil
}

func spanOf(from, until string) (kiosk.OpeningHours, error) {
	f, err := count.ParseClockTime(strings.TrimSpace(from))
	if err != nil {
		return kiosk.OpeningHours{}, err
	}
	u, err := count.ParseClockTime(strings.TrimSpace(until))
	if err != nil {
		return kiosk.OpeningHours{}, err
	}
	if u <= f {
		return kiosk.OpeningHours{}, fmt.Errorf("%s-%s: ends before it begins", f, u)
	}
	return kiosk.OpeningHours{From: f, Until: u}, nil
}

func (f file) programme() ([]kiosk.Activity, error) {
	var programme []kiosk.Activity
	for i, a := range f.Programme {
		d, err := weekday(a.Day)
		if err != nil {
			return nil, off(err, "programme", strconv.Itoa(i+1))
		}
		h, err := spanOf(a.From, a.Until)
		if err != nil {
			return nil, off(err, "programme", strconv.Itoa(i+1))
		}
		if a.Title == "" || len(a.Title) > 80 {
			return nil, off(errors.New("want a title of at most 80 letters"), "programme", strconv.Itoa(i+1))
		}
		programme = append(programme, kiosk.Activity{Weekday: d, OpeningHours: h, Title: a.Title})
	}
	return programme, nil
}
