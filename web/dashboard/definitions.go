package dashboard

import (
	"net/http"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/count"
)

// definition says in one sentence what a measure is; the texts are
// dashboard.measure.<name> and dashboard.definition.<name>.
type definition struct {
	Anchor, Name, Text string
}

// explained lists what the pages show and explain: the measures, and what is
// said beside them.
func explained(measures count.Catalogue) []string {
	var keys []string
	for _, d := range measures.All() {
		if d.Key != "" {
			keys = append(keys, d.Key)
		}
	}
	// Counted together: parts of a year's round that stand in no catalogue of cells.
	keys = append(keys, "bounds", "persons_estimate", "back_k", "habit_k", "slip_outside_yes", "slip_help_yes", "routes")
	return append(keys, "received", "silent")
}

func (s *Site) showDefinitions(w http.ResponseWriter, r *http.Request, _ central.Account) error {
	f := s.frame(r, "dashboard.definitions.title")
	page := struct {
		frame
		Definitions []definition
	}{frame: f}
	for _, m := range explained(s.central.Measures()) {
		page.Definitions = append(page.Definitions, definition{m, f.T("dashboard.measure." + m), f.T("dashboard.definition." + m)})
	}
	return s.show(w, http.StatusOK, "definitions", page)
}
