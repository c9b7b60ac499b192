package isodep

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/devices/clock"
	"example.org/inloop/devices/iso14443a"
)

const (
	// frameSize is what is taken in one frame, CRC_A included: the FIFO of an
	// MFRC522. frameCode is its code in RATS.
	frameSize = 64
	frameCode = 5

	activation = 5 * time.Millisecond  // 65536/fc for the ATS (ISO/IEC 14443-4, 7.2)
	command    = 10 * time.Millisecond // the longest that a type 2 tag takes, for a WRITE

	mostErrors   = 3               // in a row, before a block is given up
	mostWaits    = 20              // extensions in one answer
	mostWait     = 5 * time.Second // for one block, extended or not
	mostResponse = 4096            // bytes of a response
)

// Protocol control bytes (ISO/IEC 14443-4, 7.1.1.1), without CID and NAD.
const (
	pcbI        = 0x02
	pcbMore     = 0x10
	pcbACK      = 0xA2
	pcbNAK      = 0xB2
	pcbDeselect = 0xC2
	pcbWTX      = 0xF2
	blockNumber = 0x01
)

// Conn speaks to the card that was selected last. It is for one goroutine.
type Conn struct {
	t     iso14443a.Transceiver
	clock clock.Clock

	tried  bool // RATS was sent: the card may speak the protocol
	active bool // it does
	ats    ats
	block  byte // number of the block in hand
}

var _ iso14443a.Link = (*Conn)(nil)

// New makes a link to a card that is active and was told nothing yet.
func New(t iso14443a.Transceiver, c clock.Clock) *Conn { return &Conn{t: t, clock: c} }

// Command sends one command of the card's own with its CRC_A, and gives the
// want bytes of the answer whose CRC_A was right. A card that speaks the
// protocol of blocks already takes none: [iso14443a.ErrGarbled].
func (l *Conn) Command(ctx context.Context, cmd []byte, want int) ([]byte, error) {
	if l.active {
		return nil, fmt.Errorf("%w: a card that speaks ISO-DEP takes no command of its own", iso14443a.ErrGarbled)
	}
	a, err := l.t.Transceive(ctx, iso14443a.Frame{Data: iso14443a.AppendCRC(clone(cmd)), Want: want + 2, Timeout: command})
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	data, err := checked(a)
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	if len(data) != want {
		return nil, fmt.Errorf("command: %w: %d bytes, want %d", iso14443a.ErrGarbled, len(data), want)
	}
	return data, nil
}

// APDU sends a command by blocks, activating the protocol at the first time,
// and gives the response with its status bytes. [iso14443a.ErrNoAnswer] and
// [iso14443a.ErrGarbled] when the card could not be understood after some
// tries; whatever the [iso14443a.Transceiver] says beside.
func (l *Conn) APDU(ctx context.Context, cmd []byte) ([]byte, error) {
	if err := l.activate(ctx); err != nil {
		return nil, fmt.Errorf("activate: %w", err)
	}
	block, err := l.send(ctx, cmd)
	if err != nil {
		return nil, fmt.Errorf("send command: %w", err)
	}
	response, err := l.receive(ctx, block)
	if err != nil {
		return nil, fmt.Errorf("receive response: %w", err)
	}
	return response, nil
}

// Close sends the card to sleep: by S(DESELECT) when it speaks the protocol, or
// may because its answer was lost, else by HLTA.
func (l *Conn) Close(ctx context.Context) error {
	if !l.tried {
		return iso14443a.Halt(ctx, l.t)
	}
	var err error
	for range mostErrors {
		var got []byte
		got, err = l.once(ctx, []byte{pcbDeselect}, activation)
		if err == nil && got[0] == pcbDeselect {
			l.tried, l.active = false, false
			return nil
		}
		if err != nil && !iso14443a.OfCard(err) {
			break
		}
	}
	if !l.active && (err == nil || iso14443a.OfCard(err)) {
		return iso14443a.Halt(ctx, l.t) // it never heard RATS
	}
	if err == nil {
		err = iso14443a.ErrGarbled
	}
	return fmt.Errorf("deselect: %w", err)
}

// activate sends RATS (ISO/IEC 14443-4, 5.1) once.
func (l *Conn) activate(ctx context.Context) error {
	if l.active {
		return nil
	}
	l.tried = true
	got, err := l.once(ctx, []byte{0xE0, frameCode << 4}, activation)
	if err != nil {
		return err
	}
	if l.ats, err = parseATS(got); err != nil {
		return err
	}
	l.active, l.block = true, 0
	return l.clock.Sleep(ctx, l.ats.guard)
}

// send sends a command in as many blocks as it takes, and gives what the card
// answers to the last.
func (l *Conn) send(ctx context.Context, cmd []byte) ([]byte, error) {
	most := min(l.ats.frame, 256) - 3 // PCB before, CRC_A behind
	for {
		n := min(len(cmd), most)
		pcb := pcbI | l.block
		if n < len(cmd) {
			pcb |= pcbMore
		}
		got, err := l.exchange(ctx, append([]byte{pcb}, cmd[:n]...), pcbNAK)
		if err != nil {
			return nil, err
		}
		if cmd = cmd[n:]; len(cmd) == 0 {
			return got, nil
		}
		if got[0]&^blockNumber != pcbACK {
			return nil, fmt.Errorf("%w: block %02X in the middle of a command", iso14443a.ErrGarbled, got[0])
		}
		l.block ^= blockNumber
	}
}

// receive gathers a response that may come in several blocks.
func (l *Conn) receive(ctx context.Context, got []byte) (response []byte, err error) {
	for {
		if got[0]&^(blockNumber|pcbMore) != pcbI {
			return nil, fmt.Errorf("%w: block %02X, want an I-block", iso14443a.ErrGarbled, got[0])
		}
		if response = append(response, got[1:]...); len(response) > mostResponse {
			return nil, fmt.Errorf("%w: a response without end", iso14443a.ErrGarbled)
		}
		l.block ^= blockNumber
		if got[0]&pcbMore == 0 {
			break
		}
		if got, err = l.exchange(ctx, []byte{pcbACK | l.block}, pcbACK); err != nil {
			return nil, err
		}
	}
	if len(response) < 2 {
		return nil, fmt.Errorf("%w: a response of %d bytes", iso14443a.ErrGarbled, len(response))
	}
	return response, nil
}

// exchange sends a block and gives the next I- or R-block of the same number,
// after the rules of ISO/IEC 14443-4, 7.5.4: what was not understood is asked
// for by R(NAK), or by the same R(ACK) again (ask says which); an R(ACK) of the
// other number means that the block never came.
func (l *Conn) exchange(ctx context.Context, block []byte, ask byte) ([]byte, error) {
	send, wait := block, l.ats.wait
	for failed, waits := 0, 0; ; {
		got, err := l.once(ctx, send, wait)
		send, wait = []byte{ask | l.block}, l.ats.wait
		switch {
		case err != nil && !iso14443a.OfCard(err):
			return nil, err
		case err == nil && got[0] == pcbWTX && len(got) == 2:
			if waits++; waits > mostWaits {
				return nil, fmt.Errorf("%w: the card asks for time without end", iso14443a.ErrGarbled)
			}
			times := max(got[1]&0x3F, 1)
			send, wait = []byte{pcbWTX, times}, time.Duration(times)*l.ats.wait
			continue
		case err == nil && got[0]&blockNumber == l.block && isBlock(got[0]):
			return got, nil
		case err == nil && got[0]&^blockNumber == pcbACK:
			send = block
			err = fmt.Errorf("%w: the card missed a block", iso14443a.ErrGarbled)
		case err == nil:
			err = fmt.Errorf("%w: block %02X", iso14443a.ErrGarbled, got[0])
		}
		if failed++; failed >= mostErrors {
			return nil, err
		}
	}
}

func isBlock(pcb byte) bool {
	return pcb&^(blockNumber|pcbMore) == pcbI || pcb&^blockNumber == pcbACK
}

// once sends one block and gives one, without CRC_A and never empty.
func (l *Conn) once(ctx context.Context, block []byte, wait time.Duration) ([]byte, error) {
	a, err := l.t.Transceive(ctx, iso14443a.Frame{
		Data: iso14443a.AppendCRC(clone(block)), Want: frameSize, Timeout: min(wait, mostWait),
	})
	if err != nil {
		return nil, err
	}
	return checked(a)
}

// checked takes the CRC_A off an answer that has at least one byte before it.
func checked(a iso14443a.Response) ([]byte, error) {
	n := len(a.Data) - 2
	switch {
	case a.Collision != 0:
		return nil, fmt.Errorf("%w: two cards answer", iso14443a.ErrGarbled)
	case n < 1 || a.LastBits != 0:
		return nil, fmt.Errorf("%w: %d bytes and %d bits", iso14443a.ErrGarbled, len(a.Data), a.LastBits)
	case iso14443a.CRC(a.Data[:n]) != [2]byte(a.Data[n:]):
		return nil, fmt.Errorf("%w: wrong CRC_A", iso14443a.ErrGarbled)
	}
	return a.Data[:n], nil
}

func clone(b []byte) []byte { return append(make([]byte, 0, len(b)+2), b...) }
