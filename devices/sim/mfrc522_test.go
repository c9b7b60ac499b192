package sim_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// host talks to the chip by registers, as the data sheet's examples do.
type host struct {
	t     *testing.T
	field *sim.Field
	chip  *sim.MFRC522
	conn  spi.Conn
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, field: sim.NewField()}
	h.chip = sim.NewMFRC522(h.field, sim.MFRC522Options{})
	port, err := h.chip.Open()
	if err != nil {
		t.Fatal(err)
	}
	if h.conn, err = port.Connect(physic.MegaHertz, spi.Mode0, 8); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *host) set(reg byte, values ...byte) {
	h.t.Helper()
	if err := h.conn.Tx(append([]byte{reg << 1}, values...), nil); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) get(reg byte) byte {
	h.t.Helper()
	r := make([]byte, 2)
	if err := h.conn.Tx([]byte{0x80 | reg<<1, 0}, r); err != nil {
		h.t.Fatal(err)
	}
	return r[1]
}

func (h *host) expect(what string, reg, mask, want byte) {
	h.t.Helper()
	if got := h.get(reg); got&mask != want {
		h.t.Errorf("%s: register %02X reads %02X, want %02X in %02X", what, reg, got, want, mask)
	}
}

// ready sets the chip up for cards of type A.
func (h *host) ready() {
	h.set(0x15, 0x40)
	h.set(0x2A, 0x80)
	h.set(0x2B, 33)
	h.set(0x2D, 60)
	h.set(0x0E, 0)
	h.set(0x14, 0x83)
	simtest.Pause(5 * time.Millisecond)
}

// exchange sends a frame in hexadecimal, of whose last byte lastBits are sent
// (0: all), and gives what comes back.
func (h *host) exchange(frame string, lastBits byte) string {
	h.t.Helper()
	data, err := hex.DecodeString(frame)
	if err != nil {
		h.t.Fatal(err)
	}
	h.set(0x01, 0)
	h.set(0x04, 0x7F)
	h.set(0x0A, 0x80)
	h.set(0x09, data...)
	h.set(0x01, 0x0C)
	h.set(0x0D, 0x80|lastBits)
	simtest.Pause(3 * time.Millisecond)
	var answer []byte
	for range h.get(0x0A) {
		answer = append(answer, h.get(0x09))
	}
	return hex.EncodeToString(answer)
}

func withCRC(t *testing.T, frame string) string {
	t.Helper()
	b, err := hex.DecodeString(frame)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(iso14443a.AppendCRC(b))
}

func TestChip_RegisterRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.expect("after power-up", 0x37, 0xFF, 0x92)
		h.expect("after power-up", 0x01, 0xFF, 0x20)
		h.expect("after power-up", 0x26, 0xFF, 0x48)

		h.set(0x04, 0x00)
		h.expect("writing 00 clears no flag", 0x04, 0xFF, 0x14)
		h.set(0x04, 0x7F)
		h.expect("bit 7 clear: the marked flags go", 0x04, 0xFF, 0x00)
		h.set(0x04, 0xA0)
		h.expect("bit 7 set: the marked flags come", 0x04, 0xFF, 0x20)

		h.set(0x09, bytes.Repeat([]byte{1}, 65)...)
		h.expect("a FIFO holds 64 bytes", 0x0A, 0xFF, 64)
		h.expect("the 65th overflows", 0x06, 0x10, 0x10)
		h.set(0x0A, 0x80)
		h.expect("flushed", 0x0A, 0xFF, 0)
		h.expect("flushed", 0x06, 0x10, 0)

		h.set(0x04, 0x7F)
		h.set(0x01, 0x00)
		h.expect("the host's Idle sets no IdleIRq", 0x04, 0x10, 0)
		h.set(0x01, 0x05)
		h.expect("an unknown command falls to Idle", 0x04, 0x10, 0x10)

		h.set(0x09, 0x50, 0x00)
		h.set(0x01, 0x03)
		h.expect("CalcCRC", 0x22, 0xFF, 0x57)
		h.expect("CalcCRC", 0x21, 0xFF, 0xCD)

		h.set(0x15, 0x40)
		h.set(0x01, 0x0F)
		h.expect("soft reset runs", 0x01, 0x10, 0x10)
		simtest.Pause(2 * time.Millisecond)
		h.expect("soft reset is done", 0x01, 0x1F, 0)
		h.expect("soft reset forgets", 0x15, 0xFF, 0)
	})
}

func TestChip_ReadFrameOfDifferentRegisters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.set(0x09, 0xAB, 0xCD)
		r := make([]byte, 5)
		if err := h.conn.Tx([]byte{0x80 | 0x37<<1, 0x80 | 0x09<<1, 0x80 | 0x09<<1, 0x80 | 0x0A<<1, 0}, r); err != nil {
			t.Fatal(err)
		}
		if want := []byte{0x92, 0xAB, 0xCD, 0x00}; !bytes.Equal(r[1:], want) {
			t.Errorf("reads % x, want % x, a byte late", r[1:], want)
		}
	})
}

func TestCard_States(t *testing.T) {
	const (
		reqa, wupa = "26", "52"
		hlta       = "500057cd"
		choose     = "9370b0bb8904863d30"
	)
	for _, tt := range []struct {
		name    string
		frames  []string
		answers []string
	}{
		{"selected", []string{reqa, "9320", choose}, []string{"0400", "b0bb890486", "08b6dd"}},
		{"ready and asked again falls to idle", []string{reqa, reqa, reqa}, []string{"0400", "", "0400"}},
		{"active and asked again falls to idle", []string{reqa, choose, reqa, reqa}, []string{"0400", "08b6dd", "", "0400"}},
		{"halted hears WUPA only", []string{reqa, choose, hlta, reqa, wupa}, []string{"0400", "08b6dd", "", "", "0400"}},
		{"woken from halt falls back to it", []string{reqa, choose, hlta, wupa, wupa, reqa, wupa},
			[]string{"0400", "08b6dd", "", "0400", "", "", "0400"}},
		{"another's selection leaves it ready", []string{reqa, "9370b0bb890587", choose}, []string{"0400", "", "08b6dd"}},
		{"a wrong CRC throws it out", []string{reqa, "9370b0bb8904863d31", choose}, []string{"0400", "", ""}},
		{"idle hears no selection", []string{"9320"}, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.ready()
				card, err := sim.NewCard([]byte{0xB0, 0xBB, 0x89, 0x04})
				if err != nil {
					t.Fatal(err)
				}
				h.field.Lay(card)
				simtest.Pause(5 * time.Millisecond)
				for i, frame := range tt.frames {
					bits := byte(0)
					if len(frame) == 2 {
						bits = 7
					}
					if frame == "9370b0bb890587" {
						frame = withCRC(t, frame)
					}
					if got := h.exchange(frame, bits); got != tt.answers[i] {
						t.Errorf("frame %d, %s: %q, want %q", i, frame, got, tt.answers[i])
					}
				}
			})
		})
	}
}

func TestNTAG_Memory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.ready()
		h.field.Lay(sim.NewNTAG([7]byte{0x04, 0xA8, 0x1D, 0x12, 0xDE, 0x5F, 0x80}))
		simtest.Pause(5 * time.Millisecond)
		for _, step := range [][2]string{
			{"9320", "8804a81d39"},
			{withCRC(t, "93708804a81d39"), "04da17"},
			{"9520", "12de5f8013"},
			{withCRC(t, "957012de5f8013"), "00fe51"},
		} {
			if step[0] == "9320" {
				if got := h.exchange("26", 7); got != "4400" {
					t.Errorf("ATQA %s", got)
				}
			}
			if got := h.exchange(step[0], 0); got != step[1] {
				t.Errorf("%s answers %s, want %s", step[0], got, step[1])
			}
		}
		if got := h.exchange("300426ee", 0); len(got) != 36 || withCRC(t, got[:32]) != got {
			t.Errorf("READ 4 answers %s", got)
		}
	})
}

func TestPhone_NewNumberInEachField(t *testing.T) {
	f := sim.NewField()
	phone := sim.NewPhone(3)
	seen := map[string]bool{}
	for range 5 {
		f.Lay(phone)
		uid := f.UID(phone)
		if len(uid) != 4 || uid[0] != 0x08 || seen[string(uid)] {
			t.Errorf("UID % x", uid)
		}
		seen[string(uid)] = true
		f.Take(phone)
	}
}

func TestPort_ConnectsOncePerOpen(t *testing.T) {
	chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{})
	port, err := chip.Open()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.Connect(physic.MegaHertz, spi.Mode0, 8); err == nil {
		t.Error("connects twice")
	}
	if err := port.Close(); err != nil {
		t.Error(err)
	}
	if err := conn.Tx([]byte{0x80, 0}, nil); err == nil {
		t.Error("works after its close")
	}
	if err := port.Close(); err == nil {
		t.Error("closes twice")
	}
}

func TestChip_NotesViolations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.ready()
		h.set(0x23, 1)
		h.exchange("26", 7)
		h.set(0x09, 0x26)
		h.set(0x0D, 0x87)
		h.set(0x09, 0x26)
		h.set(0x0D, 0x87)
		all := strings.Join(h.chip.Violations(), "; ")
		for _, want := range []string{"reserved register 23", "request 0s after another"} {
			if !strings.Contains(all, want) {
				t.Errorf("%q is not among %q", want, all)
			}
		}
	})
}
