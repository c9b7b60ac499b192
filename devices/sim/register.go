package sim

import (
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	cmdIdle       = 0x0
	cmdMem        = 0x1
	cmdCalcCRC    = 0x3
	cmdNoChange   = 0x7
	cmdReceive    = 0x8
	cmdTransceive = 0xC
	cmdSoftReset  = 0xF

	irqTx, irqRx, irqIdle, irqErr, irqTimer = 0x40, 0x20, 0x10, 0x02, 0x01

	errOverflow, errColl, errTemp = 0x10, 0x08, 0x40

	crypto1On = 0x08 // of Status2Reg
	selfTest  = 0x09 // of AutoTestReg

	fifoSize = 64
)

// read gives a register's value; reading the FIFO takes a byte out of it.
func (c *MFRC522) read(r int, now time.Time) byte {
	c.advance(now)
	if now.Before(c.resetBy) {
		if r == rCommand {
			return 0x30 // PowerDown until it is over
		}
		return resets[r]
	}
	switch r {
	case rFIFOData:
		if len(c.fifo) == 0 {
			return 0
		}
		b := c.fifo[0]
		c.fifo = c.fifo[1:]
		return b
	case rFIFOLevel:
		return byte(len(c.fifo))
	case rBitFraming:
		return c.reg[r] & 0x77
	default:
		return c.reg[r]
	}
}

// write sets a register, with its side effects.
func (c *MFRC522) write(r int, v byte, now time.Time) {
	c.advance(now)
	switch {
	case now.Before(c.resetBy):
		c.violate("write to register %02X during soft reset", r)
	case reserved[r]:
		c.violate("write to reserved register %02X", r)
	case slices.Contains(c.options.Forgets, byte(r)):
	case r == rFIFOData || r == rFIFOLevel:
		c.writeFIFO(r, v)
	default:
		c.set(r, v, now)
	}
}

// writeFIFO puts a byte into the FIFO, or empties it.
func (c *MFRC522) writeFIFO(r int, v byte) {
	switch {
	case r == rFIFOData && len(c.fifo) == fifoSize:
		c.reg[rError] |= errOverflow
		c.violate("write to a full FIFO")
	case r == rFIFOData:
		c.fifo = append(c.fifo, v)
	case v&0x80 != 0:
		c.fifo = nil
		c.reg[rError] &^= errOverflow
	}
}

// set sets a register that is neither reserved nor the FIFO's.
func (c *MFRC522) set(r int, v byte, now time.Time) {
	switch r {
	case rCommand:
		c.command(v, now)
	case rComIrq, rDivIrq:
		if v&0x80 != 0 {
			c.reg[r] |= v & 0x7F
		} else {
			c.reg[r] &^= v
		}
	case rControl:
		if v&0x80 != 0 {
			c.timerAt = time.Time{}
		}
		if v&0x40 != 0 {
			c.startTimer(now)
		}
	case rBitFraming:
		c.reg[r] = v
		if v&0x80 != 0 && c.reg[rCommand]&0x0F == cmdTransceive {
			c.send(now)
		}
	case rColl:
		c.reg[r] = c.reg[r]&0x7F | v&0x80
	case rRFCfg:
		// Bits 3 to 0 are reserved, and 8 after a reset (data sheet 9.3.3.7).
		if v&0x0F != resets[rRFCfg]&0x0F {
			c.violate("write of %02X to RFCfgReg: reserved bits change", v)
		}
		c.reg[r] = v
	case rTxControl:
		c.reg[r] = v
		c.field.power(v&0x03 == 0x03)
	case rStatus2:
		c.reg[r] &= v | 0xF7 // MFCrypto1On can only be cleared
	case rError, rStatus1, rCRCHigh, rCRCLow, rVersion, 0x2E, 0x2F:
		// Read only.
	default:
		c.reg[r] = v
	}
}

// command starts what CommandReg is told (data sheet 10.3).
func (c *MFRC522) command(v byte, now time.Time) {
	code := v & 0x0F
	if code == cmdNoChange {
		return
	}
	c.air = exchange{} // whatever was on its way is not heard any more
	c.reg[rCommand] = v & 0x3F
	c.reg[rError] &= errTemp | errOverflow
	switch code {
	case cmdIdle, cmdTransceive, cmdReceive:
	case cmdMem:
		// The FIFO moves into the buffer, or the buffer into an empty FIFO.
		if len(c.fifo) > 0 {
			copy(c.memory[:], c.fifo)
			c.fifo = nil
		} else {
			c.fifo = append(c.fifo, c.memory[:]...)
		}
		c.reg[rCommand] &^= 0x0F
		c.reg[rComIrq] |= irqIdle
	case cmdCalcCRC:
		if c.reg[rAutoTest]&0x0F == selfTest {
			c.fifo = append([]byte(nil), selfTests[c.options.Version]...)
			return
		}
		crc := iso14443a.CRC(c.fifo)
		c.fifo = nil
		c.reg[rCRCLow], c.reg[rCRCHigh] = crc[0], crc[1]
		c.reg[rDivIrq] |= 0x04
		c.reg[rStatus1] |= 0x20
	case cmdSoftReset:
		c.powerOn()
		c.resetBy = now.Add(c.options.ResetTime)
	default:
		c.reg[rCommand] &^= 0x0F
		c.reg[rComIrq] |= irqIdle
	}
}

// startTimer sets when it runs out (data sheet 8.5).
func (c *MFRC522) startTimer(from time.Time) {
	if c.defects.Timer {
		return
	}
	prescaler := int64(c.reg[rTMode]&0x0F)<<8 | int64(c.reg[rTPrescaler])
	reload := int64(c.reg[rTReloadH])<<8 | int64(c.reg[rTReloadL])
	ticks := (2*prescaler + 1) * (reload + 1)
	c.timerAt = from.Add(time.Duration(ticks * 1000000 / 13560))
}
