package sim

// bits is a frame on the air, a bit each, in the order of their sending.
type bits []byte

func bitsOf(b []byte) bits {
	out := make(bits, 0, 8*len(b))
	for _, v := range b {
		for i := range 8 {
			out = append(out, v>>i&1)
		}
	}
	return out
}

// bytes packs the bits, the first into the lowest bit of the first byte.
func (f bits) bytes() []byte { return f.alignedAt(0) }

// alignedAt packs the bits with the first one in the given bit of the first
// byte.
func (f bits) alignedAt(align int) []byte {
	out := make([]byte, (align+len(f)+7)/8)
	for i, bit := range f {
		out[(align+i)/8] |= bit << ((align + i) % 8)
	}
	return out
}

// overlay is what a receiver makes of several answers that come at once, with
// the first position, from 1, at which they differ; 0 if they do not.
func overlay(answers []bits) (sum bits, collision int) {
	for _, a := range answers {
		for i, bit := range a {
			switch {
			case i == len(sum):
				sum = append(sum, bit)
			case sum[i] != bit && (collision == 0 || i+1 < collision):
				collision = i + 1
			}
		}
	}
	return sum, collision
}
