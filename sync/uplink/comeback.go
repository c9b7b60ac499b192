package uplink

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.org/inloop/sync/wire"
)

// Comebacks keeps what tells who of the two was put back from a backup, and mends
// what that did.
type Comebacks interface {
	Standing(ctx context.Context) (Progress, error)
	// CentreBack has everything above rev sent again, in the same epoch, and
	// forgets the request on its way.
	CentreBack(ctx context.Context, rev int64) error
	// KioskBack begins an epoch above the centre's last one for what was counted
	// since this room was put back, and forgets the request on its way.
	KioskBack(ctx context.Context, c Told) error
	// TakeOver begins an epoch above the centre's last one with nothing taken for
	// lost, because a person said so.
	TakeOver(ctx context.Context, c Told) error
}

// Progress is how far the room stands with its centre.
type Progress struct {
	Epochs    []wire.Epoch // all that there were, the present one last
	Known     bool         // this centre has answered before
	Held      int64        // the highest revision that it has said it holds
	Seq       int64        // the last request of this epoch that it answered
	Rev       int64        // the highest revision of the room
	Continued bool         // the epoch was not begun by a restoring that the centre has yet to hear of
}

// Told is how far a centre says that it has come with the room.
type Told struct {
	Epoch wire.Epoch // the last one, zero for none
	Seq   int64      // in that epoch
	Rev   int64
}

// Back says which of two was put back from a backup.
type Back int

// Which can have been.
const (
	BackNone   Back = iota // neither: they only have lost the thread
	BackCentre             // the centre: it holds less than it had said
	BackKiosk              // the kiosk: the centre holds more than it had said to this room
)

// WhoIsBack tells it from what each side knows. A room that has just been restored
// knows that itself: then only an epoch that is not its own tells more.
func WhoIsBack(s Progress, c Told) Back {
	switch {
	case c.Epoch.Ordinal > 0 && !slices.Contains(s.Epochs, c.Epoch):
		return BackKiosk
	case !s.Known && c.Rev > s.Rev && s.Continued:
		return BackKiosk
	case !s.Known:
		return BackNone
	case c.Rev > s.Held && s.Continued:
		return BackKiosk
	case c.Rev < s.Held || c.Epoch != s.present():
		return BackCentre
	case c.Seq > s.Seq:
		return BackKiosk
	case c.Seq < s.Seq:
		return BackCentre
	}
	return BackNone
}

// maxResumes is how often in a row the centre may ask who was put back before it
// is taken for a failure.
const maxResumes = 3

// comeBack follows a refusal that says how far the centre has come: whoever was
// put back is mended, and the next request says so with the centre's own word,
// which no late copy of a request can hold. A request that has left before, first
// false, may itself be such a copy by now, when its answer was lost: a fresh one
// tells.
func (u *Uplink) comeBack(ctx context.Context, a answer, first bool) outcome {
	fault, err := wire.Decode[wire.Refusal](a.body)
	if err != nil {
		return outcome{failed: refusal(a)}
	}
	c := Told{Seq: fault.Seq, Rev: fault.Rev}
	if fault.Epoch != nil {
		c.Epoch = *fault.Epoch
	}
	if fault.Resume == "" && !first && u.resumes == 0 {
		u.resumes++
		if err := u.store.Requeue(ctx); err != nil {
			return outcome{failed: fmt.Errorf("come back: %w", err)}
		}
		return outcome{}
	}
	if fault.Resume == "" {
		u.rival = c
		return u.fork(ctx, a)
	}
	if u.resumes++; u.resumes > maxResumes {
		return outcome{failed: refusal(a)}
	}
	if fault.Behind != 0 {
		// Nothing is mended: the next request proves to the centre that this one lives.
		err = u.store.Requeue(ctx)
	} else {
		err = u.mend(ctx, c)
	}
	if err != nil {
		return outcome{failed: fmt.Errorf("come back: %w", err)}
	}
	u.resume = fault.Resume
	return outcome{}
}

// mend does what the one who was put back needs.
func (u *Uplink) mend(ctx context.Context, c Told) error {
	s, err := u.store.Standing(ctx)
	if err != nil {
		return fmt.Errorf("read standing: %w", err)
	}
	u.stretches = nil // what was to be compared is another now
	switch WhoIsBack(s, c) {
	case BackCentre:
		u.log.Warn("the centre was put back from a backup: all that it lost is sent again", "held", s.Held, "holds", c.Rev)
		err = u.store.CentreBack(ctx, c.Rev)
	case BackKiosk:
		u.log.Warn("this room was put back from a backup: a new epoch begins", "held", s.Held, "holds", c.Rev, "epoch", c.Epoch.Ordinal)
		err = u.store.KioskBack(ctx, c)
	default:
		err = u.store.Requeue(ctx)
	}
	return err
}

// backBy tells who was put back by the answer to an epoch's first request: whether
// the centre had more from this room than the room knows, or less than the centre
// had said before.
func backBy(upload Upload, s Progress, rev int64) Back {
	r, err := wire.Decode[wire.Request](upload.Body)
	if err != nil || r.Token != "" || r.Resume != "" {
		return BackNone // it follows another one, or was judged already
	}
	return WhoIsBack(s, Told{s.present(), s.Seq, rev})
}

// present is the epoch that the room counts in.
func (s Progress) present() wire.Epoch { return s.Epochs[len(s.Epochs)-1] }

// onlyAsks tells whether a request asks only how far the centre has come: the first
// one to a centre that has answered before. Cells of a room that was put back could
// say zero of days that it does not know.
func (u *Uplink) onlyAsks(ctx context.Context, token string) (bool, error) {
	if token != "" {
		return false, nil
	}
	s, err := u.store.Standing(ctx)
	if err != nil {
		return false, fmt.Errorf("read standing: %w", err)
	}
	return s.Known, nil
}

// fork follows a refusal that leaves it to a person who goes on. A centre of
// version 1 refuses so the first request after a pairing that was there already:
// then nobody needs to be asked.
func (u *Uplink) fork(ctx context.Context, a answer) outcome {
	upload, err := u.store.Pending(ctx)
	if err == nil {
		if r, bad := wire.Decode[wire.Request](upload.Body); bad == nil && r.Version == wire.Version && r.Token == "" && u.resumes == 0 {
			u.resumes++
			if err := u.store.TakeOver(ctx, Told{}); err != nil {
				return outcome{failed: err}
			}
			return outcome{}
		}
	}
	return outcome{stop: reasonForked, failed: refusal(a)}
}

// askAfter is how many failures in a row make a 401 more than a portal's word.
const askAfter = 3

// unknown follows a 401: the centre does not know the kiosk, as after it was wiped,
// or somebody on the way says so. When the centre says by its own key that the
// kiosk is paired with it, under whatever id, that is how it goes on; else a person
// has to pair it again.
func (u *Uplink) unknown(ctx context.Context, p Pairing, a answer) outcome {
	u.show(reasonUnknown)
	if u.backoff.failures < askAfter {
		return outcome{failed: refusal(a)}
	}
	u.server = p.ServerKey
	said, err := u.askToPair(ctx)
	if err == nil && said.State == wire.PairPaired && said.Kiosk != p.Kiosk {
		u.log.Info("the centre knows this kiosk under another id", "kiosk", said.Kiosk)
		return outcome{}
	}
	return outcome{failed: refusal(a)}
}

// Asks tells what a person may say with PairAnew, "" when there is nothing to be said.
func (u *Uplink) Asks() string {
	switch reason := u.Health().Reason; reason {
	case reasonUnknown, reasonRevoked, reasonForked:
		return reason
	}
	return ""
}

// PairAnew goes on because a person said so: as the one kiosk that goes on, where
// two with one key were found, and else by pairing again, for which a code is shown.
// Nothing is lost by it: all that the centre has not got is sent again in the same
// epoch. ErrNotPaired when it is being paired already.
func (u *Uplink) PairAnew(ctx context.Context) error {
	if !u.lock(ctx) {
		return fmt.Errorf("pair anew: %w", ctx.Err())
	}
	defer u.unlock()
	err := error(nil)
	if u.stopped == reasonForked {
		err = u.store.TakeOver(ctx, u.rival)
	} else {
		err = u.store.ForgetPairing(ctx)
		u.server = nil // another centre may be in its place: TLS says who it is
	}
	if err != nil {
		return fmt.Errorf("pair anew: %w", err)
	}
	u.stopped, u.resume, u.resumes, u.suspect = "", "", 0, nil
	u.backoff.reset()
	u.show("")
	select {
	case u.again <- struct{}{}:
	default:
	}
	return nil
}

// oldCentreFor is how long a centre is taken for one of version 1 after it said so.
const oldCentreFor = 24 * time.Hour

// version returns the schema in which the next request is written.
func (u *Uplink) version() int {
	if !u.old.IsZero() && time.Since(u.old) < oldCentreFor {
		return wire.Version
	}
	return wire.Newest
}

// speakOld has requests written in version 1, after a signed refusal of another
// one: the body that was refused goes no more.
func (u *Uplink) speakOld(ctx context.Context, upload Upload, a answer) (outcome, bool) {
	r, err := wire.Decode[wire.Request](upload.Body)
	if a.status != http.StatusUpgradeRequired || err != nil || r.Version == wire.Version {
		return outcome{}, false
	}
	u.log.Info("the centre speaks version 1")
	u.old = time.Now()
	if err := u.store.Requeue(ctx); err != nil {
		return outcome{failed: fmt.Errorf("requeue upload: %w", err)}, true
	}
	return outcome{}, true
}
