// Package cli holds what the command lines of all three programs share. [Run]
// reads the words of a command line and lets the chosen command work, [Help] finds
// the text that a person wrote on it, and [Fail] turns an error into words and
// an exit status.
package cli
