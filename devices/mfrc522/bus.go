package mfrc522

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// bus is one opened SPI port. It is not used after its close: periph's sysfs
// port would panic.
type bus struct {
	port spi.PortCloser
	conn spi.Conn
	most int // bytes in one transfer, 0 for no limit
	log  *slog.Logger

	packets packets
}

// packets says whether the host can send several frames in one transfer.
type packets int

const (
	packetsUntried packets = iota
	packetsWork
	packetsMissing
)

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

// connect opens a port and makes its connection at the chip's own limit; the
// speed of the wiring is set afterwards, by limit, since a port of the kernel
// connects only once.
func connect(open func() (spi.PortCloser, error), o Options) (*bus, error) {
	port, err := open()
	if err != nil {
		return nil, fmt.Errorf("mfrc522: open bus: %w", err)
	}
	b := &bus{port: port, log: o.Log}
	if b.conn, err = port.Connect(maxSpeed, spi.Mode0, 8); err != nil {
		_ = port.Close() // the first error tells more
		return nil, fmt.Errorf("mfrc522: connect at %s: %w", maxSpeed, err)
	}
	if l, ok := b.conn.(conn.Limits); ok {
		b.most = l.MaxTxSize()
	}
	return b, nil
}

// limit sets the speed of the frames to come.
func (b *bus) limit(speed physic.Frequency) error {
	if err := b.port.LimitSpeed(speed); err != nil {
		return fmt.Errorf("mfrc522: limit speed to %s: %w", speed, err)
	}
	return nil
}

// write sends the frames in order, in one transfer where the host can.
func (b *bus) write(step string, writes ...write) error {
	if len(writes) > 1 && b.packets != packetsMissing && b.fits(writes) {
		list := make([]spi.Packet, len(writes))
		for i, w := range writes {
			list[i].W = w.frame()
		}
		err := b.conn.TxPackets(list)
		if err == nil {
			b.packets = packetsWork
			return nil
		}
		if b.packets == packetsWork {
			return fmt.Errorf("mfrc522: %s: write %s: %w", step, registers(writes), err)
		}
	}
	for _, w := range writes {
		if err := b.conn.Tx(w.frame(), nil); err != nil {
			return fmt.Errorf("mfrc522: %s: write %s: %w", step, w.reg, err)
		}
	}
	if len(writes) > 1 && b.packets == packetsUntried {
		b.packets = packetsMissing
		b.log.Info("SPI host takes no batches: one transfer a frame")
	}
	return nil
}

// read gives the values of the registers, in order, from one read frame.
func (b *bus) read(step string, regs ...register) ([]byte, error) {
	w := make([]byte, len(regs)+1)
	for i, r := range regs {
		w[i] = readFlag | byte(r)<<1
	}
	// The last byte stays 00: it ends the frame (data sheet 8.1.2.1).
	r := make([]byte, len(w))
	if err := b.conn.Tx(w, r); err != nil {
		return nil, fmt.Errorf("mfrc522: %s: read %s: %w", step, regs[0], err)
	}
	return r[1:], nil
}

// readFIFO takes n bytes out of the FIFO in one read frame.
func (b *bus) readFIFO(step string, n int) ([]byte, error) {
	return b.read(step, slices.Repeat([]register{fifoDataReg}, n)...)
}

func (b *bus) fits(writes []write) bool {
	total := 0
	for _, w := range writes {
		total += 1 + len(w.data)
	}
	return b.most == 0 || total <= b.most
}

func (b *bus) close() error {
	if err := b.port.Close(); err != nil {
		return fmt.Errorf("mfrc522: close bus: %w", err)
	}
	return nil
}

func registers(writes []write) string {
	list := make([]string, len(writes))
	for i, w := range writes {
		list[i] = w.reg.String()
	}
	return strings.Join(list, ", ")
}
