package dashboard

import (
	"html/template"
	"net/http"

	"example.org/inloop/sync/central"
	"example.org/inloop/web/counted"
)

// alsoExplained are the words beside figures that are explained with the measures.
func alsoExplained() []string { return []string{"received", "silent"} }

func (s *Site) showDefinitions(w http.ResponseWriter, r *http.Request, _ central.Account) error {
	f := s.frame(r, "counted.title")
	text, err := counted.Page(f.localizer, s.central.Measures(), alsoExplained()...)
	if err != nil {
		return err
	}
	page := struct {
		frame
		Text template.HTML
	}{f, text}
	return s.show(w, http.StatusOK, "definitions", page)
}

// definition says in one sentence what a measure is; the texts are
// dashboard.measure.<name> and dashboard.definition.<name>.
type definition struct {
	Anchor, Name, Text string
}
