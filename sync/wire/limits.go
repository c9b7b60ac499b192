package wire

import (
	"time"

	"example.org/inloop/sync/count"
)

// What one exchange may hold. A receiver refuses more, so that a broken or
// hostile sender costs little.
const (
	Version      = 1                // the schema that every peer speaks, and pairing's only one
	Newest       = 2                // the newest schema of an exchange: Version and optional fields
	MaxPool      = 100              // rooms that can be counted together
	MaxPoolCount = 1<<31 + 4        // the largest number of a result, rounded
	MaxRows      = 200              // cells in one request
	MaxHealth    = 16               // lights in one request
	MaxLost      = 16               // times that days were lost in one request
	MaxUndated   = 16               // stretches of undated visits in one request
	MaxBody      = 64 << 10         // bytes of one request
	MaxAnswer    = 256 << 10        // bytes of one answer
	MaxCount     = count.MaxNumber  // the largest count of one cell
	MaxEpoch     = 1_000_000        // the largest ordinal of an epoch
	MaxRev       = 1<<53 - 1        // the largest revision and seq: what every JSON reader holds exactly
	MaxInterval  = 24 * 3600        // seconds between two reports at most
	NonceSize    = 16               // bytes of a request's nonce
	EpochIDSize  = 16               // bytes of an epoch's random id
	PairCodeLife = 10 * time.Minute // of a pairing code
)
