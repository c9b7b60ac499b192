package ntag

import (
	"fmt"
	"net/url"

	"example.org/inloop/devices/iso14443a"
)

// prefixes are the beginnings that a URI record leaves out, by their code (NFC
// Forum URI record type definition 1.0, table 3), as far as URLs have them.
var prefixes = []string{"", "http://www.", "https://www.", "http://", "https://"}

// uri reads an NDEF file: two bytes of length, then one short record of type U.
// Anything else is [iso14443a.ErrGarbled].
func uri(file []byte) (*url.URL, error) {
	bad := func(what string) error { return fmt.Errorf("%w: NDEF file: %s", iso14443a.ErrGarbled, what) }
	if len(file) < 2 {
		return nil, bad("no length")
	}
	n := int(file[0])<<8 | int(file[1])
	record := file[2:]
	if n > len(record) || n < 5 {
		return nil, bad("length does not fit")
	}
	record = record[:n]
	// Begin and end of message, short, well-known type of one byte, no id.
	if record[0] != 0xD1 || record[1] != 1 || int(record[2]) != n-4 || record[3] != 'U' {
		return nil, bad("not one URI record")
	}
	code, rest := int(record[4]), string(record[5:])
	if code >= len(prefixes) {
		return nil, bad("not a URL")
	}
	u, err := url.Parse(prefixes[code] + rest)
	if err != nil {
		return nil, bad("not a URL") // err would quote the message
	}
	return u, nil
}
