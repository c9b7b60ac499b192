package sim

// The contactless interface unit lies at 6300 (user manual 7.2.4; PN532/C1 data
// sheet, 8.6.23).
const (
	ciuTxMode     = 0x02
	ciuRxMode     = 0x03
	ciuTxControl  = 0x04
	ciuTxAuto     = 0x05
	ciuError      = 0x36
	ciuStatus1    = 0x37
	ciuBitFraming = 0x3D

	crcOn = 0x80 // of TxMode and RxMode
	drive = 0x03 // of TxControl: both antenna pins
)

// analogDefaults are RFConfiguration's item 0A (user manual 7.3.1, table 17),
// and analogRegisters where each value goes. Two are of the field when it is
// off, and have no register of their own.
var (
	analogDefaults  = [11]byte{0x59, 0xF4, 0x3F, 0x11, 0x4D, 0x85, 0x61, 0x6F, 0x26, 0x62, 0x87}
	analogRegisters = [11]int{0x16, 0x17, 0x18, 0x19, 0x09, 0x08, -1, 0x13, 0x14, 0x0C, 0x15}
)

// ciuResets are the registers after a reset.
func ciuResets() (reg [0x40]byte) {
	for r, v := range map[int]byte{
		0x01: 0x3F, ciuTxControl: 0x80, 0x06: 0x10, 0x07: 0x84, 0x08: 0x84, 0x09: 0x4D,
		0x0C: 0x62, 0x11: 0xFF, 0x12: 0xFF, 0x13: 0x88, 0x14: 0x26, 0x15: 0x87, 0x16: 0x48,
		0x17: 0x88, 0x18: 0x20, 0x19: 0x20, 0x31: 0x20, 0x32: 0x80, 0x34: 0x14,
		ciuStatus1: 0x21, 0x3B: 0x08, 0x3C: 0x10,
	} {
		reg[r] = v
	}
	return reg
}

// power106 switches the field.
func (c *PN532) power106(on bool) {
	c.reg[ciuTxControl] &^= drive
	if on {
		c.reg[ciuTxControl] |= drive
	}
	c.field.power(on)
}

// set106 readies the unit for cards of type A, as each listing does.
func (c *PN532) set106() {
	c.power106(true)
	c.reg[ciuTxMode], c.reg[ciuRxMode], c.reg[ciuTxAuto] = crcOn, crcOn, 0x40
	c.reg[ciuBitFraming] = 0
	c.tune()
}

func (c *PN532) tune() {
	for i, r := range analogRegisters {
		if r >= 0 {
			c.reg[r] = c.analog[i]
		}
	}
}

// readRegisters gives a byte for each address; what is neither unit nor special
// function register reads 00.
func (c *PN532) readRegisters(p []byte) []byte {
	out := make([]byte, 0, len(p)/2)
	for ; len(p) > 0; p = p[2:] {
		v := byte(0)
		switch {
		case p[0] == 0x63 && p[1] < 0x40:
			v = c.reg[p[1]]
		case p[0] == 0xFF:
			v = c.sfr[p[1]]
		}
		out = append(out, v)
	}
	return out
}

func (c *PN532) writeRegisters(p []byte) {
	for ; len(p) > 0; p = p[3:] {
		switch r := p[1]; {
		case p[0] == 0xFF:
			c.sfr[r] = p[2]
		case p[0] != 0x63 || r >= 0x40:
			c.violate("write to %02X%02X, which is no register", p[0], r)
		case r == ciuError || r == ciuStatus1 || r == 0x11 || r == 0x12 || r == 0x1E || r == 0x1F:
			c.violate("write to %02X%02X, which is read only", p[0], r)
		case r == ciuTxControl:
			c.reg[r] = p[2]
			c.power106(p[2]&drive == drive)
		default:
			c.reg[r] = p[2]
		}
	}
}
