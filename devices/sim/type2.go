package sim

import "example.org/inloop/devices/iso14443a"

// Answers of four bits of a type 2 tag (NTAG213/215/216 data sheet, table 23).
const (
	nakArgument = 0x0
	nakCheck    = 0x1
)

// type2 is the memory of an NTAG21x, by pages of four bytes.
type type2 struct {
	pages     []byte
	version   [8]byte
	signature [32]byte
}

// ntagSizes are the models by their pages: the capability container's size byte
// and byte 7 of the version.
var ntagSizes = map[int][2]byte{45: {0x12, 0x0F}, 135: {0x3E, 0x11}, 231: {0x6D, 0x13}}

// NewNTAG makes an NTAG213 with a 7-byte UID.
func NewNTAG(uid [7]byte) *Card { return newNTAG(uid, 45) }

// NewNTAG215 makes an NTAG215 with a 7-byte UID and the originality signature
// that goes with it, or does not.
func NewNTAG215(uid [7]byte, signature [32]byte) *Card {
	c := newNTAG(uid, 135)
	c.tag.signature = signature
	return c
}

func newNTAG(uid [7]byte, pages int) *Card {
	size := ntagSizes[pages]
	m := make([]byte, pages*4)
	copy(m, uid[:3])
	m[3] = iso14443a.BCC([4]byte{iso14443a.CascadeTag, uid[0], uid[1], uid[2]})
	copy(m[4:], uid[3:])
	m[8] = iso14443a.BCC([4]byte(uid[3:]))
	copy(m[9:], []byte{0x48, 0, 0, 0xE1, 0x10, size[0], 0})
	return &Card{uid: uid[:], tag: &type2{pages: m, version: [8]byte{0, 4, 4, 2, 1, 0, size[1], 3}}}
}

// command answers a frame whose CRC_A was right, without it. nak is set for an
// answer of four bits, with which the tag falls out of its active state.
func (t *type2) command(b []byte) (answer []byte, nak bool) {
	switch {
	case b[0] == 0x30 && len(b) == 2: // READ
		if int(b[1])*4 >= len(t.pages) {
			return []byte{nakArgument}, true
		}
		page := make([]byte, 16)
		for i := range page {
			page[i] = t.pages[(int(b[1])*4+i)%len(t.pages)]
		}
		return page, false
	case b[0] == 0x3A && len(b) == 3: // FAST_READ
		from, to := int(b[1])*4, int(b[2])*4+4
		if from >= to || to > len(t.pages) {
			return []byte{nakArgument}, true
		}
		return append([]byte(nil), t.pages[from:to]...), false
	case b[0] == 0x3C && len(b) == 2 && b[1] == 0: // READ_SIG
		return append([]byte(nil), t.signature[:]...), false
	case b[0] == 0x60 && len(b) == 1: // GET_VERSION
		return append([]byte(nil), t.version[:]...), false
	}
	return []byte{nakArgument}, true
}
