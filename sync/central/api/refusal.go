package api

import "example.org/inloop/sync/wire"

// maxHint is how many bytes of a hint are sent.
const maxHint = 200

// refusal is a fault on its way to becoming an answer.
type refusal struct {
	status int
	fault  wire.Refusal
}

func (f *refusal) Error() string { return string(f.fault.Error) + ": " + f.fault.Hint }

// refuse returns the refusal of a code, with the status that goes with it. The
// hint is cut short: parts of it may be the sender's own text.
func refuse(code wire.RefusalCode, hint string) *refusal {
	if len(hint) > maxHint {
		hint = hint[:maxHint]
	}
	return &refusal{status: code.Status(), fault: wire.Refusal{Error: code, Hint: hint}}
}

// refuseHTTP returns a refusal of a request that is none of the protocol's.
func refuseHTTP(status int, hint string) *refusal {
	return &refusal{status: status, fault: wire.Refusal{Error: wire.RefusalMalformed, Hint: hint}}
}

// errTooBusy is the refusal of what the store could not take in time.
var errTooBusy = refuse(wire.RefusalBusy, "too much to write at once: come back later")
