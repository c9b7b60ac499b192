package dashboard

import (
	"net/http"

	"example.org/inloop/sync/central"
)

// definition says in one sentence what a measure is; the texts are
// dashboard.measure.<name> and dashboard.definition.<name>.
type definition struct {
	Anchor, Name, Text string
}

// measures are what the pages and the file show, in their order.
func measures() []string {
	return []string{
		"visits", "badge_visits", "guests", "assumed", "badge_share", "open",
		"unique", "new", "reactivated", "returning",
		"reach_n", "reach_a", "reach_k", "bounds", "received", "silent",
	}
}

func (s *Site) showDefinitions(w http.ResponseWriter, r *http.Request, _ central.Account) error {
	f := s.frame(r, "dashboard.definitions.title")
	page := struct {
		frame
		Definitions []definition
	}{frame: f}
	for _, m := range measures() {
		page.Definitions = append(page.Definitions, definition{m, f.T("dashboard.measure." + m), f.T("dashboard.definition." + m)})
	}
	return s.show(w, http.StatusOK, "definitions", page)
}
