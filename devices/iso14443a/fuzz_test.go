package iso14443a

import (
	"context"
	"testing"
)

func FuzzParseSAK(f *testing.F) {
	f.Add([]byte{0x08, 0xB6, 0xDD}, 0, 0)
	f.Add([]byte{0x08}, 3, 2)
	f.Fuzz(func(t *testing.T, data []byte, lastBits, collision int) {
		sak, err := ParseSAK(Response{Data: data, LastBits: lastBits, Collision: collision})
		if err == nil && (len(data) != 3 || CRC(data[:1]) != [2]byte(data[1:]) || sak != SAK(data[0])) {
			t.Errorf("took % x", data)
		}
	})
}

func FuzzParseATQA(f *testing.F) {
	f.Add([]byte{0x44, 0x00}, 0, 0)
	f.Fuzz(func(t *testing.T, data []byte, lastBits, collision int) {
		err := ParseATQA(Response{Data: data, LastBits: lastBits, Collision: collision})
		if err == nil && collision == 0 && len(data) != 2 {
			t.Errorf("took % x", data)
		}
	})
}

// noise answers with whatever it is given: per frame one byte for length and
// collision, then the data.
type noise struct {
	bytes  []byte
	frames int
	sent   [][]byte
}

func (n *noise) Transceive(_ context.Context, f Frame) (Response, error) {
	n.frames++
	n.sent = append(n.sent, f.Data)
	if len(n.bytes) == 0 || n.bytes[0] == 0xFF {
		n.bytes = n.bytes[min(1, len(n.bytes)):]
		return Response{}, ErrNoAnswer
	}
	head := n.bytes[0]
	size := min(int(head&0x07), len(n.bytes)-1)
	a := Response{Data: n.bytes[1 : 1+size]}
	if head&0x80 != 0 {
		a.Collision = int(head>>3&0x0F)*3 - 1
	}
	n.bytes = n.bytes[1+size:]
	return a, nil
}

func FuzzSelect(f *testing.F) {
	f.Add([]byte{5, 0xb0, 0xbb, 0x89, 0x04, 0x86, 3, 0x08, 0xb6, 0xdd})
	f.Add([]byte{5, 0x88, 0x04, 0x8d, 0x24, 0x25, 3, 0x24, 0xd8, 0x36, 5, 0x32, 0x27, 0x3b, 0x80, 0xae, 3, 0x20, 0xfc, 0x70})
	f.Add([]byte{0x85, 0, 0, 0, 0, 0, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, data []byte) {
		n := &noise{bytes: data}
		card, err := Select(t.Context(), n, WUPA)
		if n.frames > 3*66 {
			t.Errorf("%d frames for one card", n.frames)
		}
		if err != nil {
			if card != (Target{}) {
				t.Error("a card beside an error")
			}
			return
		}
		last := n.sent[len(n.sent)-1]
		uid := card.UID.Bytes()
		if string(last[2:6]) != string(uid[len(uid)-4:]) {
			t.Error("the UID does not end with what was selected")
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add([]byte{2, 4, 0, 5, 0xb0, 0xbb, 0x89, 0x04, 0x86, 3, 0x08, 0xb6, 0xdd, 0xFF})
	f.Fuzz(func(t *testing.T, data []byte) {
		cards, _, err := List(t.Context(), &noise{bytes: data})
		if err != nil || len(cards) > MaxCards {
			t.Errorf("%d cards, %v", len(cards), err)
		}
	})
}
