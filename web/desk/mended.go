package desk

import (
	"net/http"
	"slices"

	"example.org/inloop/kiosk"
)

// mended tells whether the store's light tells of something that a volunteer is to see
// once, and to pass on.
func (d *Desk) mended() bool {
	return d.cfg.SeenMended != nil && d.cfg.Health != nil && slices.ContainsFunc(d.cfg.Health(), func(h kiosk.Health) bool {
		return h.Reason == "store.mended" || h.Reason == "store.missing"
	})
}

// seenMended takes a volunteer's word that they have seen it.
func (d *Desk) seenMended(w http.ResponseWriter, r *request) error {
	return d.act(w, r, nil, func() (done, error) {
		if !d.mended() {
			return done{}, kiosk.ErrAlready
		}
		return done{said: r.localizer.T("desk.did.done", nil)}, d.cfg.SeenMended(r.Context())
	})
}
