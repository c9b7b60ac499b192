package api

import (
	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

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

// refuseFork returns the refusal of a request that does not follow the last one:
// in version 2 it says how far the centre has come, so that the kiosk can tell who
// has come back from an earlier time.
func refuseFork(version int, fork *central.ForkError) *refusal {
	f := refuse(wire.RefusalForked, "an old token, or an epoch that is not this kiosk's: two hold its key, or a backup was restored: begin a new epoch")
	if version > wire.Version {
		f.fault.Resume, f.fault.Seq, f.fault.Rev = fork.Resume, fork.Seq, fork.Rev
	}
	if version > wire.Version && fork.Behind {
		f.fault.Behind = 1
	}
	if version > wire.Version && fork.Epoch.Ordinal > 0 {
		f.fault.Epoch = &fork.Epoch
	}
	return f
}

// errTooBusy is the refusal of what the store could not take in time.
var errTooBusy = refuse(wire.RefusalBusy, "too much to write at once: come back later")
