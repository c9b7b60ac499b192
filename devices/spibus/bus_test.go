package spibus_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/devices/spibus"
)

// kind is a kind of chip as a driver describes it.
func kind() spibus.ChipSpec {
	return spibus.ChipSpec{
		Name: "test", MaxSpeed: 10 * physic.MegaHertz, Speed: 4 * physic.MegaHertz,
		Slower: []physic.Frequency{physic.MegaHertz, 500 * physic.KiloHertz},
	}
}

// newBus makes a bus to a simulated chip, on a clock of their own.
func newBus(h sim.Host, w spibus.Wiring) (*spibus.Bus, *sim.MFRC522, *simtest.Clock) {
	clock := simtest.NewClock()
	h.Clock = clock
	chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{Host: h})
	if w.Open == nil {
		w.Open = chip.Open
	}
	w.Clock = clock
	return spibus.New(kind(), w), chip, clock
}

func mustOpen(t *testing.T, b *spibus.Bus) {
	t.Helper()
	if _, err := b.Open(); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_LeavesOnePortOpenAndCloseNone(t *testing.T) {
	b, chip, _ := newBus(sim.Host{}, spibus.Wiring{})
	for range 3 {
		mustOpen(t, b)
		if n := chip.Ports(); n != 1 || !b.IsOpen() {
			t.Errorf("%d ports are open", n)
		}
	}
	for range 2 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := chip.Ports(); n != 0 || b.IsOpen() {
		t.Errorf("%d ports are open after the close", n)
	}
}

// connectless is a port on which no connection can be made.
type connectless struct{ spi.PortCloser }

var errConnect = errors.New("no connection")

func (connectless) Connect(physic.Frequency, spi.Mode, int) (spi.Conn, error) { return nil, errConnect }

func TestOpen_ClosesAPortThatDoesNotConnect(t *testing.T) {
	chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{})
	b := spibus.New(kind(), spibus.Wiring{Open: func() (spi.PortCloser, error) {
		port, err := chip.Open()
		return connectless{port}, err
	}})
	if _, err := b.Open(); !errors.Is(err, errConnect) {
		t.Errorf("%v, want %v", err, errConnect)
	}
	if n := chip.Ports(); n != 0 || b.IsOpen() {
		t.Errorf("%d ports are open", n)
	}
}

func TestOpen_HardAtFirstAndSoonAfter(t *testing.T) {
	b, chip, clock := newBus(sim.Host{}, spibus.Wiring{})
	for i, tt := range []struct {
		pause time.Duration
		fails bool
		hard  bool
	}{
		{0, false, true},            // nobody knows what state the chip is in
		{time.Minute, false, false}, // it has worked since
		{time.Second, false, true},  // that was no cure
		{time.Minute, true, false},
		{time.Second, false, true}, // a failed opening counts
	} {
		if err := clock.Sleep(t.Context(), tt.pause); err != nil {
			t.Fatal(err)
		}
		chip.SetDefects(sim.Defects{Bus: tt.fails})
		if hard, err := b.Open(); hard != tt.hard || (err != nil) != tt.fails {
			t.Errorf("opening %d: hard %v, %v", i, hard, err)
		}
	}
}

func TestClosed_EveryCallFails(t *testing.T) {
	b, _, _ := newBus(sim.Host{}, spibus.Wiring{})
	_, batch := b.Batch([][]byte{{0}, {0}})
	for name, err := range map[string]error{"tx": b.Tx([]byte{0}, nil), "batch": batch, "speed": b.SetSpeed(physic.MegaHertz)} {
		if !errors.Is(err, spibus.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBatch_OneTransferWhereTheHostCan(t *testing.T) {
	frames := [][]byte{{0x02, 0x00}, {0x14, 0x80}, {0x12, 1, 2, 3}}
	for _, tt := range []struct {
		name      string
		host      sim.Host
		transfers int
		batches   bool
	}{
		{"batches", sim.Host{}, 1, true},
		{"no batches", sim.Host{NoPackets: true}, 3, false},
		{"short transfers", sim.Host{MaxTxSize: 6}, 3, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, chip, _ := newBus(tt.host, spibus.Wiring{})
			mustOpen(t, b)
			for range 2 {
				chip.Cost()
				if _, err := b.Batch(frames); err != nil {
					t.Fatal(err)
				}
				if got := chip.Cost(); got.Transfers != tt.transfers || got.Selects != 3 || got.Bytes != 8 {
					t.Errorf("costs %+v, want %d transfers", got, tt.transfers)
				}
			}
			if b.Batches() != tt.batches {
				t.Errorf("batches: %v", b.Batches())
			}
		})
	}
}

// What does not fit into a transfer says nothing of whether the host can batch.
func TestBatch_SmallOnesAfterOneThatDoesNotFit(t *testing.T) {
	b, chip, _ := newBus(sim.Host{MaxTxSize: 6}, spibus.Wiring{})
	mustOpen(t, b)
	if _, err := b.Batch([][]byte{{0x12, 1, 2, 3}, {0x14, 0x80}, {0x02, 0x00}}); err != nil {
		t.Fatal(err)
	}
	chip.Cost()
	if _, err := b.Batch([][]byte{{0x02, 0x00}, {0x14, 0x80}}); err != nil {
		t.Fatal(err)
	}
	if got := chip.Cost(); got.Transfers != 1 || got.Selects != 2 {
		t.Errorf("costs %+v, want one transfer", got)
	}
}

func TestSpeeds_TheConfiguredOneAndThoseBelow(t *testing.T) {
	for configured, want := range map[physic.Frequency][]physic.Frequency{
		0:                      {4 * physic.MegaHertz, physic.MegaHertz, 500 * physic.KiloHertz},
		50 * physic.MegaHertz:  {10 * physic.MegaHertz, physic.MegaHertz, 500 * physic.KiloHertz},
		700 * physic.KiloHertz: {700 * physic.KiloHertz, 500 * physic.KiloHertz},
		100 * physic.KiloHertz: {100 * physic.KiloHertz},
	} {
		b, _, _ := newBus(sim.Host{}, spibus.Wiring{Speed: configured})
		if got := b.Speeds(); !slices.Equal(got, want) {
			t.Errorf("configured %v: %v, want %v", configured, got, want)
		}
	}
}

func TestFastest_StepsDownWhileBytesAreGarbled(t *testing.T) {
	garbled, dead := errors.New("garbled"), errors.New("dead")
	for _, tt := range []struct {
		name   string
		test   map[physic.Frequency]error
		slower bool
		speed  physic.Frequency
		err    error
	}{
		{"at once", nil, false, 4 * physic.MegaHertz, nil},
		{"at the second", map[physic.Frequency]error{4 * physic.MegaHertz: garbled}, true, physic.MegaHertz, nil},
		{"a bus that died", map[physic.Frequency]error{4 * physic.MegaHertz: garbled, physic.MegaHertz: dead}, true, physic.MegaHertz, dead},
		{"nowhere", map[physic.Frequency]error{
			4 * physic.MegaHertz: garbled, physic.MegaHertz: garbled, 500 * physic.KiloHertz: garbled,
		}, true, 500 * physic.KiloHertz, garbled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _, _ := newBus(sim.Host{}, spibus.Wiring{})
			mustOpen(t, b)
			slower, err := b.Fastest(func() error { return tt.test[b.Speed()] }, func(err error) bool { return errors.Is(err, garbled) })
			if slower != tt.slower || !errors.Is(err, tt.err) || b.Speed() != tt.speed {
				t.Errorf("slower %v, %v, runs at %v; want %v, %v, %v", slower, err, b.Speed(), tt.slower, tt.err, tt.speed)
			}
		})
	}
}
