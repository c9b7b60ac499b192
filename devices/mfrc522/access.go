package mfrc522

import (
	"fmt"
	"slices"
	"strings"

	"example.org/inloop/devices/spibus"
)

// registers reads and writes the chip's registers over the bus.
type registers struct{ bus *spibus.Bus }

// write is one write frame: all its bytes go to the same register (data sheet
// 8.1.2.2).
type write struct {
	reg  register
	data []byte
}

func set(reg register, value byte) write { return write{reg: reg, data: []byte{value}} }

func (w write) frame() []byte {
	return append(append(make([]byte, 0, 1+len(w.data)), byte(w.reg)<<1), w.data...)
}

// write sends the frames in order, in one transfer where the host can.
func (r registers) write(step string, writes ...write) error {
	frames := make([][]byte, len(writes))
	for i, w := range writes {
		frames[i] = w.frame()
	}
	failed, err := r.bus.Batch(frames)
	if err == nil {
		return nil
	}
	if failed >= 0 {
		writes = writes[failed : failed+1]
	}
	return fmt.Errorf("mfrc522: %s: write %s: %w", step, names(writes), err)
}

// read gives the values of the registers, in order, from one read frame.
func (r registers) read(step string, regs ...register) ([]byte, error) {
	w := make([]byte, len(regs)+1)
	for i, reg := range regs {
		w[i] = readFlag | byte(reg)<<1
	}
	// The last byte stays 00: it ends the frame (data sheet 8.1.2.1).
	got := make([]byte, len(w))
	if err := r.bus.Tx(w, got); err != nil {
		return nil, fmt.Errorf("mfrc522: %s: read %s: %w", step, regs[0], err)
	}
	return got[1:], nil
}

// readFIFO takes n bytes out of the FIFO in one read frame.
func (r registers) readFIFO(step string, n int) ([]byte, error) {
	return r.read(step, slices.Repeat([]register{fifoDataReg}, n)...)
}

func names(writes []write) string {
	list := make([]string, len(writes))
	for i, w := range writes {
		list[i] = w.reg.String()
	}
	return strings.Join(list, ", ")
}
