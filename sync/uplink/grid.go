package uplink

import (
	"crypto/ed25519"
	"crypto/sha256"
	"math/big"
	"time"
)

// gridStep is the time between two reports of a room in which nothing calls for
// one sooner, and the unit in which a centre may ask for fewer.
const gridStep = 15 * time.Minute

// grid is when a room reports: at the same points of every quarter of an hour,
// whether it has news or not, so that who watches the network learns nothing of
// taps. Each room has points of its own, so that a centre's rooms do not come all
// at once.
type grid struct{ step, offset time.Duration }

// newGrid returns the grid of the kiosk with this key: SHA-256 of the key, as one
// big-endian number, mod 900 seconds. A step other than the usual one is a test's.
func newGrid(step time.Duration, key ed25519.PublicKey) grid {
	sum := sha256.Sum256(key)
	seconds := new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), big.NewInt(int64(gridStep/time.Second)))
	return grid{step, time.Duration(seconds.Int64()) * time.Second % step}
}

// wait returns how long it is from now to the next report, when the centre asked
// for one after interval: a longer one than the usual step skips points, a
// shorter one moves none, because points in between would tell of taps.
func (g grid) wait(now time.Time, interval time.Duration) time.Duration {
	since := time.Duration(now.UnixNano()) - g.offset
	wait := g.step - since%g.step
	if wait <= g.step/32 { // the clock went a little slower than this machine waited
		wait += g.step
	}
	skip := (interval - 1) / gridStep
	return wait + skip*g.step
}
