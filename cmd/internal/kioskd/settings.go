package kioskd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a Pi image without zone files must not count in UTC
	"unicode"

	"example.org/inloop/cmd/internal/settings"
	"example.org/inloop/cmd/internal/wiring"
	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// maxTitle is how many characters the title of an activity may have: the door
// screen shows it on one line.
const maxTitle = 80

// Settings is all that an operator can set. It is the one list of it: flags,
// environment, file, help, the README's table and the tests of them all are made of
// its tags (package settings). A new setting is a field here, and a line where it
// is used: Config has it under the same name.
type Settings struct {
	Room       string              `toml:"room" value:"NAME" help:"the room, as the neighbourhood calls it" example:"Buurtkamer De Linde"`
	Data       string              `toml:"data" value:"DIR" default:"/var/lib/inloop" help:"folder of the room's data" example:"/srv/room"`
	Key        string              `toml:"key" value:"FILE" default:"/etc/inloop/key" help:"key file, outside the data folder" example:"/srv/room.key"`
	Backups    string              `toml:"backups" value:"DIR" unset:"in the data folder" help:"folder of the nightly backups, such as on a stick" example:"/media/stick"`
	Sticks     []string            `toml:"sticks" value:"TOML" unset:"/media and /run/media" help:"folders below which sticks are mounted" example:"['/mnt', '/media']"`
	Listen     string              `toml:"listen" value:"ADDR" default:"127.0.0.1:8080" help:"where the pages are served" example:"127.0.0.1:9000"`
	Reader     wiring.ReaderKind   `toml:"reader" value:"KIND" default:"spi" help:"spi, sim or none" example:"none"`
	SPI        string              `toml:"spi" value:"PORT" default:"SPI0.0" help:"the reader's SPI port" example:"SPI1.0"`
	Chip       wiring.ChipModel    `toml:"chip" value:"CHIP" default:"auto" help:"auto, mfrc522 or pn532" example:"pn532"`
	Speed      string              `toml:"speed" value:"SPEED" unset:"the chip's own" help:"of the SPI clock, such as 4MHz" example:"4MHz"`
	Gain       int                 `toml:"gain" value:"DB" unset:"the chip's own" help:"of an MFRC522's receiver, such as 33" example:"33"`
	IRQ        string              `toml:"irq" value:"PIN" help:"the reader's IRQ, if wired" example:"GPIO24"`
	Reset      string              `toml:"reset" value:"PIN" help:"the reader's RST, if wired" example:"GPIO25"`
	LED        string              `toml:"led" value:"PIN" help:"a light for the hard of hearing" example:"GPIO17"`
	Buzzer     string              `toml:"buzzer" value:"PIN" help:"a buzzer for those who cannot see" example:"GPIO27"`
	Badges     BadgeProof          `toml:"badges" value:"KIND" default:"uid" help:"uid, genuine or sun" example:"sun"`
	Central    string              `toml:"central" value:"URL" help:"address of the centre" example:"https://kamers.example.nl"`
	Capacity   int                 `toml:"capacity" value:"N" unset:"not set" help:"how many the room holds" example:"25"`
	OneScreen  bool                `toml:"one_screen" unset:"no" help:"door and desk share one touch screen"`
	Zone       string              `toml:"zone" value:"ZONE" default:"Europe/Amsterdam" help:"time zone of the room" example:"Europe/Lisbon"`
	Parts      PartTimes           `toml:"parts" value:"TOML" unset:"12:00 and 18:00" help:"where the day is split" example:"middag = '12:30'\navond = '18:00'"`
	Hours      map[string][]string `toml:"hours" value:"TOML" unset:"weekdays, 10:00-17:00" help:"when the room is open" example:"ma = ['10:00-12:30', '13:30-17:00']\ndi = ['10:00-17:00']"`
	Exceptions map[string][]string `toml:"exceptions" value:"TOML" help:"days that are different" example:"'2026-12-25' = []\n'2026-12-31' = ['10:00-14:00']"`
	OpenSince  string              `toml:"open_since" value:"DAY" unset:"not set" help:"the day on which the room began" example:"2026-03-01"`
	Programme  []Activity          `toml:"programme" value:"TOML" help:"of the week, on the door screen" example:"day = 'di'\nfrom = '10:00'\nuntil = '12:00'\ntitle = 'Koffie en kaarten'"`
}

// PartTimes are the clock times that split the day; "" is the usual one.
type PartTimes struct {
	Afternoon string `toml:"middag"`
	Evening   string `toml:"avond"`
}

// Activity is a line of the week's programme.
type Activity struct {
	Day   string `toml:"day"`
	From  string `toml:"from"`
	Until string `toml:"until"`
	Title string `toml:"title"`
}

// ConfigOf is what settings come to, but for what only the program can add. A
// setting that cannot be used is a [settings.Error].
func ConfigOf(s Settings) (Config, error) {
	c := Config{Settings: s}
	var err error
	if c.Wiring, err = s.wiring(); err == nil {
		c.Timetable, err = s.timetable()
	}
	if err == nil {
		c.Activities, err = s.activities()
	}
	if err == nil {
		err = c.check()
	}
	return c, err
}

// wiring returns how the reader and its signals hang on this machine.
func (s Settings) wiring() (wiring.Config, error) {
	p := wiring.Config{SPI: s.SPI, Chip: s.Chip, Gain: s.Gain, IRQ: s.IRQ, Reset: s.Reset, LED: s.LED, Buzzer: s.Buzzer}
	if s.Speed == "" {
		return p, nil
	}
	if err := p.Speed.Set(s.Speed); err != nil {
		return p, settings.Unfit("speed", s.Speed, "one such as 4MHz or 500kHz")
	}
	return p, nil
}

func (s Settings) timetable() (kiosk.Timetable, error) {
	t := kiosk.Timetable{Week: map[time.Weekday][]kiosk.OpeningHours{}, Exceptions: map[count.Day][]kiosk.OpeningHours{}}
	var err error
	// "Local" is the machine's own, which a new image or a journey changes under the room.
	if t.Zone, err = time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		return t, settings.Unfit("zone", s.Zone, "a name such as Europe/Amsterdam")
	}
	if t.PartTimes, err = s.Parts.times(); err != nil {
		return t, err
	}
	if s.OpenSince != "" {
		if t.Since, err = count.ParseDay(s.OpenSince); err != nil {
			return t, settings.Unfit("open_since", s.OpenSince, "a day such as 2026-03-01")
		}
	}
	hours := s.Hours
	if hours == nil {
		hours = map[string][]string{}
		for _, name := range weekdayNames()[1:6] {
			hours[name] = []string{"10:00-17:00"}
		}
	}
	for name, spans := range hours {
		d, err := weekday("hours."+name, name)
		if err != nil {
			return t, err
		}
		if t.Week[d], err = openingHours("hours."+name, spans); err != nil {
			return t, err
		}
	}
	for name, spans := range s.Exceptions {
		d, err := count.ParseDay(name)
		if err != nil {
			return t, settings.Unfit("exceptions."+name, name, "a day such as 2026-12-25")
		}
		if t.Exceptions[d], err = openingHours("exceptions."+name, spans); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (p PartTimes) times() (kiosk.PartTimes, error) {
	t := kiosk.DefaultPartTimes()
	for _, part := range []struct {
		name, text string
		at         *count.ClockTime
	}{{"parts.middag", p.Afternoon, &t.Afternoon}, {"parts.avond", p.Evening, &t.Evening}} {
		if part.text == "" {
			continue
		}
		var err error
		if *part.at, err = clockTime(part.name, part.text); err != nil {
			return t, err
		}
	}
	if t.Afternoon >= t.Evening {
		return t, settings.Unfit("parts.middag", t.Afternoon.String(), "a time before that of avond, which is %s", t.Evening)
	}
	return t, nil
}

// weekdayNames are the days in the file, from Sunday, as Dutch calendars shorten
// them.
func weekdayNames() []string { return []string{"zo", "ma", "di", "wo", "do", "vr", "za"} }

// weekday reads the day that a setting gives.
func weekday(setting, name string) (time.Weekday, error) {
	if d := slices.Index(weekdayNames(), name); d >= 0 {
		return time.Weekday(d), nil
	}
	return 0, settings.Unfit(setting, name, "a day: ma, di, wo, do, vr, za or zo")
}

func clockTime(setting, text string) (count.ClockTime, error) {
	c, err := count.ParseClockTime(strings.TrimSpace(text))
	if err != nil {
		return 0, settings.Unfit(setting, text, "a time such as 09:30")
	}
	return c, nil
}

// openingHours reads spans such as "10:00-12:30", in order and apart.
func openingHours(setting string, spans []string) ([]kiosk.OpeningHours, error) {
	hours := []kiosk.OpeningHours{}
	for i, text := range spans {
		name := setting + "." + strconv.Itoa(i+1)
		from, until, ok := strings.Cut(text, "-")
		if !ok {
			return nil, settings.Unfit(name, text, "hours such as 10:00-12:30")
		}
		h, err := span(name, name, from, until)
		if err != nil {
			return nil, err
		}
		if i > 0 && h.From < hours[i-1].Until {
			return nil, settings.Unfit(name, text, "hours that begin when those ahead of them have ended, at %s or later", hours[i-1].Until)
		}
		hours = append(hours, h)
	}
	return hours, nil
}

// span reads two times, each given by the setting that is named for it.
func span(nameFrom, nameUntil, from, until string) (h kiosk.OpeningHours, err error) {
	if h.From, err = clockTime(nameFrom, from); err != nil {
		return h, err
	}
	if h.Until, err = clockTime(nameUntil, until); err != nil {
		return h, err
	}
	if h.Until <= h.From {
		return h, settings.Unfit(nameUntil, h.Until.String(), "a time after %s: it ends before it begins%s", h.From, pastMidnight(h))
	}
	return h, nil
}

// pastMidnight says how hours are written that go on after midnight: there a day of
// the room ends, and so do its figures.
func pastMidnight(h kiosk.OpeningHours) string {
	switch h.Until {
	case h.From:
		return ""
	case 0:
		return fmt.Sprintf("; for until midnight write %s-24:00", h.From)
	default:
		return fmt.Sprintf("; for past midnight write %s-24:00 here and 00:00-%s at the next day", h.From, h.Until)
	}
}

// blank tells whether a text shows nothing.
func blank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

func (s Settings) activities() ([]kiosk.Activity, error) {
	var activities []kiosk.Activity
	for i, a := range s.Programme {
		name := "programme." + strconv.Itoa(i+1)
		d, err := weekday(name+".day", a.Day)
		if err != nil {
			return nil, err
		}
		h, err := span(name+".from", name+".until", a.From, a.Until)
		if err != nil {
			return nil, err
		}
		if blank(a.Title) || !count.Fits(a.Title, maxTitle) {
			return nil, settings.Unfit(name+".title", a.Title, "a title of at most %d characters", maxTitle)
		}
		activities = append(activities, kiosk.Activity{Weekday: d, OpeningHours: h, Title: a.Title})
	}
	return activities, nil
}
