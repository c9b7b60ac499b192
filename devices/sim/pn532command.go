package sim

import "time"

// later is an answer that is there from a time on; nil before it is known.
type later = func(now time.Time) (frame []byte, at time.Time)

// Errors that a command can end with (user manual 7.1).
const (
	errTimeout   = 0x01
	errCRC       = 0x02
	errFraming   = 0x05
	errCollision = 0x06
	errContext   = 0x27 // not acceptable here
)

// at gives an answer that is known now.
func (c *PN532) at(frame []byte, t time.Time) later {
	t = t.Add(c.options.Answer)
	return func(time.Time) ([]byte, time.Time) { return frame, t }
}

// refuse is the answer to what is no command, or none with these parameters.
func (c *PN532) refuse(begins time.Time) later { return c.at(c.notUnderstood(), begins) }

// run lets a command begin and gives how it is answered (user manual 7.2, 7.3).
func (c *PN532) run(code byte, p []byte, begins time.Time) later {
	c.spent = 0
	if !c.sam && code >= 0x40 {
		c.violate("command %02X before SAMConfiguration", code)
		return c.refuse(begins)
	}
	if code == 0x4A || code == 0x60 {
		return c.beginSearch(code, p, begins)
	}
	data, ok := c.perform(code, p)
	if !ok {
		c.violate("command %02X % X: not of the manual's form, or not simulated", code, p)
		return c.refuse(begins)
	}
	return c.at(c.wrap(code, data...), begins.Add(c.spent))
}

// perform carries out what ends by itself. It tells whether that is a command.
func (c *PN532) perform(code byte, p []byte) (data []byte, ok bool) {
	n := len(p)
	switch code {
	case 0x00:
		return c.diagnose(p)
	case 0x02: // GetFirmwareVersion
		return c.options.Firmware[:], n == 0
	case 0x04:
		return c.generalStatus(), n == 0
	case 0x06: // ReadRegister
		if n == 0 || n%2 != 0 {
			return nil, false
		}
		return c.readRegisters(p), true
	case 0x08: // WriteRegister: this chip answers without a status
		if n == 0 || n%3 != 0 {
			return nil, false
		}
		c.writeRegisters(p)
		return nil, true
	case 0x12: // SetParameters
		if n != 1 {
			return nil, false
		}
		c.flags = p[0]
		return nil, true
	case 0x14:
		return nil, c.configureSAM(p)
	case 0x16:
		return c.sleep(p)
	case 0x32:
		return nil, c.configureRF(p)
	case 0x42:
		return c.serve(p)
	}
	return nil, false
}

// serve carries a frame to the cards and back: the answer begins with an error,
// 00 for none.
func (c *PN532) serve(p []byte) (data []byte, ok bool) {
	if len(p) < 1 {
		return nil, false
	}
	data, fault := c.communicateThru(p)
	c.fault = fault
	return append([]byte{fault}, data...), true
}

// diagnose runs a test (user manual 7.2.1).
func (c *PN532) diagnose(p []byte) (data []byte, ok bool) {
	if len(p) == 0 {
		return nil, false
	}
	switch p[0] {
	case 0x00: // communication line: all of it comes back
		return p, true
	case 0x01, 0x02: // ROM, RAM
		return []byte{0x00}, len(p) == 1
	case 0x04: // polling for FeliCa: there are no such cards, 128 times in vain
		return []byte{0x80}, len(p) == 2 && (p[1] == 1 || p[1] == 2)
	case 0x07: // antenna
		return []byte{0x00}, len(p) == 2
	}
	return nil, false
}

// generalStatus tells of error, field and targets (user manual 7.2.3). There
// is no field from outside and no SAM.
func (c *PN532) generalStatus() []byte {
	data := []byte{c.fault, 0x00, byte(len(c.targets))}
	for i := range c.targets {
		data = append(data, byte(i+1), 0x00, 0x00, 0x00)
	}
	return append(data, 0x80)
}

// configureSAM is SAMConfiguration (user manual 7.2.10). Without its third
// parameter the interrupt pin is used.
func (c *PN532) configureSAM(p []byte) bool {
	if n := len(p); n < 2 || n > 3 || p[0] < 1 || p[0] > 4 || n == 3 && p[2] > 1 {
		return false
	}
	if p[0] != 0x01 {
		c.violate("SAMConfiguration %02X: there is no SAM", p[0])
	}
	c.sam, c.useIRQ = p[0] == 0x01, len(p) < 3 || p[2] == 0x01
	return true
}

// sleep is PowerDown (user manual 7.2.11): the chip goes to sleep when its
// answer was read.
func (c *PN532) sleep(p []byte) (data []byte, ok bool) {
	if len(p) < 1 || len(p) > 2 {
		return nil, false
	}
	c.drained = func() {
		c.power106(false)
		c.targets = nil
		c.wakes, c.mode = p[0], modePowerDown
	}
	return []byte{0x00}, true
}

// configureRF is RFConfiguration (user manual 7.3.1).
func (c *PN532) configureRF(p []byte) bool {
	size, known := map[byte]int{0x01: 1, 0x02: 3, 0x04: 1, 0x05: 3, 0x0A: 11, 0x0B: 8, 0x0C: 3, 0x0D: 9}[first(p)]
	if !known || len(p) != 1+size {
		return false
	}
	switch p[0] {
	case 0x01:
		on := p[1]&1 != 0
		c.power106(on)
		if !on {
			c.targets = nil
		}
	case 0x02:
		c.retry.timeout = p[3]
	case 0x05:
		c.retry.passive = p[3]
	case 0x0A:
		c.analog = [11]byte(p[1:])
		c.tune()
	}
	return true
}

func first(p []byte) byte {
	if len(p) == 0 {
		return 0
	}
	return p[0]
}
