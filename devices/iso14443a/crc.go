package iso14443a

// CRC returns the check bytes CRC_A of data (ISO/IEC 14443-3, annex B:
// polynomial x^16+x^12+x^5+1, preset 6363, least significant bit first), in
// the order in which they are sent.
func CRC(data []byte) [2]byte {
	crc := uint16(0x6363)
	for _, b := range data {
		crc ^= uint16(b)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0x8408
			} else {
				crc >>= 1
			}
		}
	}
	return [2]byte{byte(crc), byte(crc >> 8)}
}

// AppendCRC appends the check bytes of data to it.
func AppendCRC(data []byte) []byte {
	c := CRC(data)
	return append(data, c[0], c[1])
}

// BCC returns the block check character of one cascade level: the exclusive or
// of its four bytes (ISO/IEC 14443-3, 6.5.3).
func BCC(part [4]byte) byte {
	return part[0] ^ part[1] ^ part[2] ^ part[3]
}
