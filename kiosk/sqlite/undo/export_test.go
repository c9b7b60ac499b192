package undo

// What the tests outside of the package, on a room's real tables, look at.
var (
	FirstColumns = firstColumns
	ColumnsOf    = columnsOf
)
