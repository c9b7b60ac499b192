package dashboard

// Route is a line of the site's list as the tests walk it.
type Route struct {
	Pattern string
	Own     bool // for who is signed in
}

// Routes is the site's own list.
func (s *Site) Routes() []Route {
	var all []Route
	for _, r := range s.routes() {
		all = append(all, Route{r.pattern, r.access != accessAnybody})
	}
	return all
}
