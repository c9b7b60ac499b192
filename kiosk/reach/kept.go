package reach

// Kept is what a room keeps of a period beside its rows. A cut, by erasure or because
// their time is over, changes what the rows say, but not what the period came to: Base
// moves along. A correction moves both the rows and the period by the same.
//
// Of a period that runs, or has ended and is not closed yet, it is only by how much rows
// that are cut are missed: nothing before the first cut.
//
// Rooms seal it as JSON: the names in the tags are on their disks.
type Kept struct {
	Tally Tally `json:"Kept"`
	Base  Tally `json:"Base"`    // what the rows said when last looked at, less what was cut since
	Final bool  `json:"Settled"` // class C was computed; before that it follows the rows
	Late  bool  `json:"Late"`    // rows of its first days could be too old to be kept already
	// Regulars says that Tally knows them: what was kept before they were counted does not.
	Regulars bool `json:"Regulars"`
	// Open says that the period is not closed: Tally less Base is what was cut of it.
	Open bool `json:"Open,omitempty"`
}

// Corrected returns the period as corrected by what the rows say now, and
// whether class C of it is now final.
func (k Kept) Corrected(now Tally, final bool) Kept {
	next := k
	next.Tally, next.Base, next.Final = k.Tally.Plus(now.Minus(k.Base)), now, k.Final || final
	next.Tally.N, next.Tally.A, next.Tally.K = now.N, now.A, now.K
	if k.Final { // nothing moves it any more
		next.Tally.N, next.Tally.A, next.Tally.K = k.Tally.N, k.Tally.A, k.Tally.K
	}
	return next
}

// Cut returns the period, unmoved, for rows that are about to go.
func (k Kept) Cut(gone Tally) Kept {
	k.Base = k.Base.Minus(gone)
	return k
}
