package wire

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"example.org/inloop/sync/count"
)

// Checksum is what the cells of an epoch and a stretch of periods come to, by which
// two sides find out whether they hold the same. Periods are ordered as texts, so
// that the stretches of an epoch leave out none.
type Checksum struct {
	Epoch int          `json:"epoch"`
	After count.Period `json:"after,omitempty"` // the stretch begins after it, empty: with the first one
	Until count.Period `json:"until,omitempty"` // and ends with it, empty: with the last one
	Sum   string       `json:"sum"`             // ChecksumOf the cells
}

// What can come of comparing a Checksum with the cells that the receiver holds.
const (
	ComparedSame    = "same"
	ComparedDiffers = "differs" // there are too many for a list
	ComparedListed  = "listed"  // they differ, and stand in Answer.Held
)

var (
	sumPattern   = regexp.MustCompile(`^[0-9a-f]{16}$`)
	boundPattern = regexp.MustCompile(`^\d{4}(Q\d|-\d\d(-\d\d)?)?$`)
	rulesPattern = regexp.MustCompile(`^[0-9a-f]{1,16}$`)
)

// check returns an ErrMalformed unless the checksum is one of a stretch of a
// request's epochs.
func (d Checksum) check(epoch int) error {
	bound := func(p count.Period) bool { return p == "" || boundPattern.MatchString(string(p)) }
	switch {
	case d.Epoch < 1 || d.Epoch > epoch:
		return malformed("checksum of epoch %d: want 1 to %d", d.Epoch, epoch)
	case !bound(d.After) || !bound(d.Until):
		return malformed("checksum: after and until want to be written as periods")
	case !sumPattern.MatchString(d.Sum):
		return malformed("checksum: want 16 hex digits, lower case")
	}
	return nil
}

// ChecksumOf returns the first 8 bytes, in hex, of the SHA-256 of a line for each
// cell, ordered by period, measure and part: those three, number and revision, with
// a space between, "-" where there is no number, and an LF at the end.
func ChecksumOf(cells []Cell) string {
	cells = slices.Clone(cells)
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Part, b.Part))
	})
	sum := sha256.New()
	for _, c := range cells {
		n := "-"
		if c.N != nil {
			n = fmt.Sprint(*c.N)
		}
		fmt.Fprintf(sum, "%s %s %s %s %d\n", c.Period, c.Measure, c.Part, n, c.Rev)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
