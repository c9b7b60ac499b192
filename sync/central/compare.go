package central

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// maxCompared is how many cells of a stretch are looked at for one checksum: more is
// said to differ, and the kiosk asks about less.
const maxCompared = 10 * wire.MaxRows

// compare tells the kiosk by which rules its cells were taken and, where it asks,
// whether what is held after them is what it believes. It writes nothing: what a
// kiosk does about a difference are ordinary cells.
func (t *exchange) compare(l CellMerger, series int, said *wire.Answer) error {
	if t.request.Version == wire.Version {
		return nil
	}
	said.Rules = rulesOf(t.measures)
	d := t.request.Compare
	if d == nil {
		return nil
	}
	held, err := l.Held(series, *d, maxCompared+1)
	switch {
	case err != nil:
		return fmt.Errorf("read what is held: %w", err)
	case len(held) > maxCompared:
		said.Compared = wire.ComparedDiffers
	case wire.ChecksumOf(held) == d.Sum:
		said.Compared = wire.ComparedSame
	case len(held) > wire.MaxRows:
		said.Compared = wire.ComparedDiffers
	default:
		said.Compared, said.Held = wire.ComparedListed, held
	}
	return nil
}

// rulesOf is a word for the rules by which cells are taken: another one says to a
// kiosk that what was refused may be taken now.
func rulesOf(measures count.Catalogue) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", wire.Newest, measures.All()))
	return hex.EncodeToString(sum[:4])
}
