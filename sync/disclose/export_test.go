package disclose

// Limits opens the thresholds to tests that take one away and look what it kept hidden.
type Limits = limits

// LimitsOfReach and LimitsOfPair are the thresholds as they are.
var LimitsOfReach, LimitsOfPair = reachLimits, pairLimits

// WithGap returns the thresholds with another one for the rounded numbers, -1 for none.
func (l limits) WithGap(gap int64) Limits { l.gap = gap; return l }

// ShownBy is Shown by other thresholds.
func (r Reach) ShownBy(l Limits, un, ua, uk Offset) (Reach, bool) { return r.shown(l, un, ua, uk) }
