package iso14443a_test

import (
	"context"
	"fmt"

	"example.org/inloop/devices/iso14443a"
)

// A SELECT as it goes over the air: the level, how many bytes follow, four bytes
// of the UID with their check byte, and CRC_A.
func ExampleAppendCRC() {
	part := [4]byte{0xB0, 0xBB, 0x89, 0x04}
	frame := append([]byte{0x93, 0x70}, part[:]...)
	frame = append(frame, iso14443a.BCC(part))
	fmt.Printf("% x\n", iso14443a.AppendCRC(frame))
	// Output: 93 70 b0 bb 89 04 86 3d 30
}

// trace is a chip in whose field one card lies: it answers as a real one did.
type trace struct{ answers [][]byte }

func (t *trace) Transceive(_ context.Context, f iso14443a.Frame) (iso14443a.Response, error) {
	fmt.Printf("sent % x\n", f.Data)
	if len(t.answers) == 0 {
		return iso14443a.Response{}, iso14443a.ErrNoAnswer
	}
	answer := t.answers[0]
	t.answers = t.answers[1:]
	return iso14443a.Response{Data: answer}, nil
}

// List wakes a card, reads its UID, selects it and sends it to sleep; then it
// asks whether another one is there. A UID prints as "[card]".
func ExampleList() {
	chip := &trace{answers: [][]byte{
		{0x04, 0x00},                   // ATQA
		{0xB0, 0xBB, 0x89, 0x04, 0x86}, // UID and BCC
		{0x08, 0xB6, 0xDD},             // SAK and CRC_A
	}}
	cards, _, err := iso14443a.List(context.Background(), chip)
	for _, c := range cards {
		fmt.Println(c.UID, len(c.UID.Bytes()), "bytes", c.SAK.SpeaksBlocks(), err)
	}
	// Output:
	// sent 26
	// sent 93 20
	// sent 93 70 b0 bb 89 04 86 3d 30
	// sent 50 00 57 cd
	// sent 26
	// [card] 4 bytes false <nil>
}
