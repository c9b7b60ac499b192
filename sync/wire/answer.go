package wire

import (
	"slices"
	"time"
)

// Status is what became of one cell.
type Status string

// What can become of a cell.
const (
	StatusAccepted Status = "accepted" // taken, or already held at this very revision
	StatusStale    Status = "stale"    // a newer revision is held: Result.Rev
	StatusRejected Status = "rejected" // not to be sent again as it is, but for CodeBadMeasure: Result.Code
)

// Result is the answer to the cell at the same place in the request.
type Result struct {
	Status Status `json:"status"`
	Rev    int64  `json:"rev,omitempty"`  // with stale: the revision held
	Code   Code   `json:"code,omitempty"` // with rejected: why
}

// Answer is what the centre says to a Request that it could read.
type Answer struct {
	Version   int       `json:"version"`
	Time      time.Time `json:"time"`       // the centre's time, an anchor for the kiosk's clock
	Results   []Result  `json:"results"`    // one for each cell, in the request's order
	Rev       int64     `json:"rev"`        // the highest revision held from this kiosk, any epoch
	NextToken string    `json:"next_token"` // to be sent with the next request
	Interval  int       `json:"interval"`   // seconds after which the kiosk reports again, news or none

	// Of version 2.
	Rules    string `json:"rules,omitempty"`    // opaque: by which rules cells are taken; with other ones a refused cell may be
	Compared string `json:"compared,omitempty"` // what came of Request.Compare: same, differs or listed
	Held     []Cell `json:"held,omitempty"`     // with listed: the cells of that stretch as the centre holds them

	Pool *PoolAnswer `json:"pool,omitempty"` // to a request with one
}

// Check returns an ErrMalformed unless this can be the answer to a request of
// that many cells.
func (a Answer) Check(cells int) error {
	switch {
	case a.Version < Version || a.Version > Newest:
		return malformed("answer of version %d: want %d to %d", a.Version, Version, Newest)
	case len(a.Results) != cells:
		return malformed("%d results for %d cells", len(a.Results), cells)
	case a.Rev < 0 || a.Rev > MaxRev:
		return malformed("rev %d: want 0 to %d", a.Rev, int64(MaxRev))
	case !tokenPattern.MatchString(a.NextToken):
		return malformed("next_token: want 16 to 64 letters, digits, - and _")
	case a.Interval < 1 || a.Interval > MaxInterval:
		return malformed("interval %d: want 1 to %d seconds", a.Interval, MaxInterval)
	}
	if err := a.checkNewer(); err != nil {
		return err
	}
	for i, r := range a.Results {
		known := map[Status]bool{
			StatusAccepted: r.Rev == 0 && r.Code == "",
			StatusStale:    r.Rev > 0 && r.Rev <= MaxRev && r.Code == "",
			StatusRejected: r.Rev == 0 && slices.Contains(Codes(), r.Code),
		}
		if !known[r.Status] {
			return malformed("result %d: %q with rev %d and code %.20q", i, r.Status, r.Rev, string(r.Code))
		}
	}
	return nil
}

// checkNewer checks the fields of version 2.
func (a Answer) checkNewer() error {
	words := []string{"", ComparedSame, ComparedDiffers, ComparedListed}
	switch {
	case a.Version == Version && (a.Rules != "" || a.Compared != "" || len(a.Held) > 0 || a.Pool != nil):
		return malformed("a field of version 2 in an answer of version 1")
	case a.Rules != "" && !rulesPattern.MatchString(a.Rules):
		return malformed("rules: want at most 16 hex digits")
	case !slices.Contains(words, a.Compared):
		return malformed("compared: not one of %q", words)
	case len(a.Held) > 0 && a.Compared != ComparedListed, len(a.Held) > MaxRows:
		return malformed("%d cells held: want at most %d, and none unless they are listed", len(a.Held), MaxRows)
	case a.Pool != nil:
		return a.Pool.Check()
	}
	return nil
}
