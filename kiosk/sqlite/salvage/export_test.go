package salvage

// Tables are the names of those that are taken over.
func Tables() (names []string) {
	for _, t := range append(tables(), cellTable()) {
		names = append(names, t.name)
	}
	return names
}
