package dashboard

import (
	"net/http"

	"example.org/inloop/sync/central"
)

// releasesPage is what was released: to a coordinator's funders, or to a reader.
type releasesPage struct {
	frame
	Of []central.Released
}

func (s *Site) showReleases(w http.ResponseWriter, r *http.Request, a central.Account) error {
	page := releasesPage{frame: s.frame(r, "release.list.title")}
	var err error
	if page.Of, err = s.central.Releases(r.Context(), a); err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "releases", page)
}
