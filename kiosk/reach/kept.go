package reach

// Kept is what a room keeps of a period that is closed. An erasure or the end of
// a row's time changes what the rows say, but not what the period came to: Base
// is then set anew. A correction changes both by the same.
//
// Rooms seal it as JSON: the names in the tags are on their disks.
type Kept struct {
	Tally Tally `json:"Kept"`
	Base  Tally `json:"Base"`    // what the rows said when last looked at
	Final bool  `json:"Settled"` // class C was computed; before that it follows the rows
	Late  bool  `json:"Late"`    // rows of its first days could be too old to be kept already
	// Regulars says that Tally knows them: what was kept before they were counted does not.
	Regulars bool `json:"Regulars"`
}

// Corrected returns the period as corrected by what the rows say now, and
// whether class C of it is now final.
func (k Kept) Corrected(now Tally, final bool) Kept {
	next := Kept{Tally: k.Tally.Plus(now.Minus(k.Base)), Base: now, Final: k.Final || final, Late: k.Late, Regulars: k.Regulars}
	if !k.Final {
		next.Tally.N, next.Tally.A, next.Tally.K = now.N, now.A, now.K
	}
	return next
}

// Rebased returns the period, unmoved, for rows that say something else from
// now on.
func (k Kept) Rebased(now Tally) Kept {
	k.Base = now
	return k
}
