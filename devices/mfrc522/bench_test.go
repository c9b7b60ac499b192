package mfrc522_test

import (
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"periph.io/x/conn/v3/physic"
)

// charged is a host as the figures of the field are counted on: 4 MHz, 20 µs
// for each ioctl.
func charged() sim.Host { return sim.Host{Clock: simtest.NewClock(), Transfer: 20 * time.Microsecond} }

// peers are what other drivers spend as they ship, counted on a model of the
// chip with the same charges where nothing else is said.
var peers = map[string][]string{
	"idle poll": {
		"Arduino MFRC522: 13 transfers and 1009 polls, 25.4 ms",
		"periph mfrc522, 10 MHz: 3 transfers each 100 ms after 13 a call, up to 100 ms late",
		"pimylifeup, pi-rc522, 1 MHz: 12 transfers and 2001 polls, 42 ms",
	},
	"4-byte UID": {
		"Arduino MFRC522: 63 transfers and 90 polls, 3.8 ms",
		"periph mfrc522, 10 MHz: 107 transfers, 214 bytes and 102 polls, 5.9 ms",
		"pimylifeup, 1 MHz: 38 transfers, 76 bytes and 50 polls, 2.0 ms, and selects nothing",
	},
	"7-byte UID": {
		"Arduino MFRC522: 107 transfers and 165 polls, 6.8 ms",
		"periph mfrc522, 10 MHz: 128 transfers, 256 bytes and 130 polls, 5.8 ms, and does not select level 2",
		"pi-rc522, 1 MHz: 99 transfers and 145 polls, 5.1 ms",
	},
}

// BenchmarkExchange counts on a clock of its own what the bus carries and how
// long it takes, beside the minimum of six writes and one read frame an exchange.
// ratio is that time over what the air and the bytes take at least.
func BenchmarkExchange(b *testing.B) {
	for _, tt := range costs {
		b.Run(tt.name, func(b *testing.B) {
			host := charged()
			rig := newRig(b, sim.MFRC522Options{Host: host})
			for _, uid := range tt.uids() {
				rig.field.Lay(simtest.Card(b, uid))
			}
			var total sim.Cost
			var spent time.Duration
			for b.Loop() {
				// A field switched off and on wakes the card again.
				if err := rig.device.Open(b.Context()); err != nil {
					b.Fatal(err)
				}
				rig.chip.Cost()
				began := host.Clock.Now()
				read(b.Context(), b, rig.device, tt.uid != "")
				spent += host.Clock.Now().Sub(began)
				cost := rig.chip.Cost()
				total.Selects += cost.Selects
				total.Transfers += cost.Transfers
				total.Bytes += cost.Bytes
			}
			n := float64(b.N)
			b.ReportMetric(float64(total.Selects)/n, "selects")
			b.ReportMetric(float64(tt.minimum.Selects), "minimum-selects")
			b.ReportMetric(float64(total.Transfers)/n, "ioctls")
			b.ReportMetric(float64(tt.minimum.Transfers), "minimum-ioctls")
			b.ReportMetric(float64(total.Bytes)/n, "bytes")
			b.ReportMetric(float64(tt.minimum.Bytes), "minimum-bytes")
			b.ReportMetric(float64(spent.Microseconds())/n, "µs")
			b.ReportMetric(float64(tt.least().Microseconds()), "minimum-µs")
			b.ReportMetric(spent.Seconds()/n/tt.least().Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
			for _, p := range peers[tt.name] {
				b.Log(p)
			}
		})
	}
}

// The same figures as a test, so that none grows unseen.
func TestExchange_CostsTheMinimum(t *testing.T) {
	for _, tt := range costs {
		t.Run(tt.name, func(t *testing.T) {
			host := charged()
			b := newRig(t, sim.MFRC522Options{Host: host})
			for _, uid := range tt.uids() {
				b.field.Lay(simtest.Card(t, uid))
			}
			if err := host.Clock.Sleep(t.Context(), 10*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			b.chip.Cost()
			began := host.Clock.Now()
			read(t.Context(), t, b.device, tt.uid != "")
			spent := host.Clock.Now().Sub(began)
			if got := b.chip.Cost(); got != tt.minimum {
				t.Errorf("costs %+v, want %+v", got, tt.minimum)
			}
			if most := tt.least() * 115 / 100; tt.uid != "" && spent > most {
				t.Errorf("took %v, want at most %v", spent, most)
			}
			if tt.uid == "" && spent > 600*time.Microsecond {
				t.Errorf("took %v, want at most 600µs", spent)
			}
			b.checkViolations()
		})
	}
}

// costs are the minimum of six writes and one read frame an exchange, and the
// time on the air.
var costs = []cost{
	{"idle poll", "", sim.Cost{Selects: 7, Transfers: 2, Bytes: 20}, 390 * time.Microsecond},
	{"4-byte UID", "b0bb8904", sim.Cost{Selects: 21, Transfers: 6, Bytes: 73}, 2346 * time.Microsecond},
	{"7-byte UID", "048d2432273b80", sim.Cost{Selects: 35, Transfers: 10, Bytes: 126}, 4348 * time.Microsecond},
	{"10-byte UID", "0102030405060708090a", sim.Cost{Selects: 49, Transfers: 14, Bytes: 179}, 6351 * time.Microsecond},
}

type cost struct {
	name    string
	uid     string
	minimum sim.Cost
	air     time.Duration
}

func (c cost) uids() []string {
	if c.uid == "" {
		return nil
	}
	return []string{c.uid}
}

// least is the time on the air and that of the bytes at the default speed.
func (c cost) least() time.Duration {
	return c.air + time.Duration(8*c.minimum.Bytes)*mfrc522.DefaultSpeed.Period()
}

func TestExchange_WithTheInterruptPin(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults sim.Defects
		wired  bool
	}{
		{"wired", sim.Defects{}, true},
		{"not wired", sim.Defects{NoIRQ: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := charged()
			b := &rig{t: t, field: sim.NewField()}
			b.chip = sim.NewMFRC522(b.field, sim.MFRC522Options{Host: host})
			b.chip.SetDefects(tt.faults)
			b.device = mfrc522.New(b.chip.Open, mfrc522.Options{IRQ: b.chip.IRQ(), Clock: host.Clock})
			if err := b.device.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r, err := b.device.Details(); err != nil || r.IRQ != tt.wired {
				t.Errorf("report %+v, %v; want the pin used: %v", r, err, tt.wired)
			}
			b.field.Lay(simtest.Card(t, "048d2432273b80"))
			if err := host.Clock.Sleep(t.Context(), 10*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if got := b.scan(); len(got) != 1 {
				t.Errorf("read %v", got)
			}
			// Cut while it is in use.
			b.chip.SetDefects(sim.Defects{NoIRQ: true})
			for range 10 {
				uid := simtest.UID(t, "048d2432273b80")
				if got, err := b.device.Find(t.Context(), uid); err != nil || got.Presence != iso14443a.PresenceSeen {
					t.Fatalf("with the pin cut: %v, %v", got, err)
				}
			}
			if r, err := b.device.Details(); err != nil || r.IRQ {
				t.Errorf("report %+v, %v; want the pin given up", r, err)
			}
			b.checkViolations()
		})
	}
}

func TestOpen_StepsDownWhereWiresGarble(t *testing.T) {
	for _, tt := range []struct {
		bear, configured, want physic.Frequency
	}{
		{10 * physic.MegaHertz, 0, 4 * physic.MegaHertz},
		{10 * physic.MegaHertz, 8 * physic.MegaHertz, 8 * physic.MegaHertz},
		{2 * physic.MegaHertz, 0, physic.MegaHertz},
		{700 * physic.KiloHertz, 0, 500 * physic.KiloHertz},
		{700 * physic.KiloHertz, 500 * physic.KiloHertz, 500 * physic.KiloHertz},
	} {
		t.Run(tt.bear.String()+" of "+tt.configured.String(), func(t *testing.T) {
			host := charged()
			host.MostSpeed = tt.bear
			b := &rig{t: t, field: sim.NewField()}
			b.chip = sim.NewMFRC522(b.field, sim.MFRC522Options{Host: host})
			b.device = mfrc522.New(b.chip.Open, mfrc522.Options{Speed: tt.configured, Clock: host.Clock})
			// A garbled reset may take a try or two; the reader tries for ever.
			var err error
			for range 5 {
				if err = b.device.Open(t.Context()); err == nil {
					break
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if r, err := b.device.Details(); err != nil || r.Speed != tt.want {
				t.Errorf("runs at %v, %v; want %v", r.Speed, err, tt.want)
			}
			b.field.Lay(simtest.Card(t, "b0bb8904"))
			if err := host.Clock.Sleep(t.Context(), 10*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if got := b.scan(); len(got) != 1 {
				t.Errorf("read %v", got)
			}
		})
	}
}
