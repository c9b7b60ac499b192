package ntag

import "crypto/aes"

// mac is AES-CMAC of a message (RFC 4493; NIST SP 800-38B).
func (k Key) mac(message []byte) Key {
	return k.macOf(message, max(16, (len(message)+15)/16*16))
}

// macOf is AES-CMAC of a message that is padded to size bytes, a multiple of 16
// that is not below its length.
func (k Key) macOf(message []byte, size int) Key {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic(err) // 16 bytes are a key
	}
	var subkey Key
	block.Encrypt(subkey[:], subkey[:])
	subkey = subkey.double()
	padded := make([]byte, size)
	if copy(padded, message) < size {
		padded[len(message)] = 0x80
		subkey = subkey.double()
	}
	for i := range subkey {
		padded[size-16+i] ^= subkey[i]
	}
	var sum Key
	for ; len(padded) > 0; padded = padded[16:] {
		for i := range sum {
			sum[i] ^= padded[i]
		}
		block.Encrypt(sum[:], sum[:])
	}
	return sum
}

// double multiplies by x in the field of 128 bits (RFC 4493, 2.3).
func (k Key) double() Key {
	var out Key
	for i := range 15 {
		out[i] = k[i]<<1 | k[i+1]>>7
	}
	out[15] = k[15]<<1 ^ k[0]>>7*0x87
	return out
}
