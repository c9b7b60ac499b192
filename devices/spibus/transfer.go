package spibus

import "periph.io/x/conn/v3/spi"

// batches says whether the host can send several frames in one transfer.
type batches int

const (
	batchesUntried batches = iota
	batchesWork
	batchesMissing
)

// Tx carries one frame: one period of chip select. r is nil, or as long as w.
func (b *Bus) Tx(w, r []byte) error {
	if b.port == nil {
		return ErrClosed
	}
	return b.conn.Tx(w, r)
}

// Batch sends frames in order, in one transfer where the host can. Where it
// cannot, each frame is a transfer of its own; failed is the frame that an
// error belongs to, or -1 when it belongs to all.
func (b *Bus) Batch(frames [][]byte) (failed int, err error) {
	if b.port == nil {
		return -1, ErrClosed
	}
	tried := len(frames) > 1 && b.batches != batchesMissing && b.fits(frames)
	if tried {
		list := make([]spi.Packet, len(frames))
		for i, f := range frames {
			list[i].W = f
		}
		err := b.conn.TxPackets(list)
		if err == nil {
			b.batches = batchesWork
			return 0, nil
		}
		if b.batches == batchesWork {
			return -1, err
		}
	}
	for i, f := range frames {
		if err := b.conn.Tx(f, nil); err != nil {
			return i, err
		}
	}
	if tried {
		b.batches = batchesMissing
		b.wiring.Log.Info("SPI host takes no batches: one transfer a frame")
	}
	return 0, nil
}

// Batches tells whether the host sends several frames at a time.
func (b *Bus) Batches() bool { return b.batches == batchesWork }

// MaxTxSize is how many bytes fit into one transfer, 0 for no limit.
func (b *Bus) MaxTxSize() int { return b.maxTx }

func (b *Bus) fits(frames [][]byte) bool {
	total := 0
	for _, f := range frames {
		total += len(f)
	}
	return b.maxTx == 0 || total <= b.maxTx
}
