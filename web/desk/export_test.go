package desk

// Patterns lists every route with whether strangers may use it, for the tests
// that walk them all.
func (d *Desk) Patterns() map[string]bool {
	all := map[string]bool{}
	for _, rt := range d.routes {
		all[rt.pattern] = rt.access == accessAnyone
	}
	return all
}

// Sweep does at once what the desk does every few seconds.
func (d *Desk) Sweep() { d.clear() }
