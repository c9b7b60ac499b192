package undo

// What the tests outside of the package, on a room's real tables, look at.
var (
	FirstColumns = firstColumns
	ColumnsOf    = columnsOf
)

// Owned names the columns of owned.
func Owned() (all []string) {
	for _, o := range owned() {
		all = append(all, string(o.table)+"."+o.column)
	}
	return all
}
