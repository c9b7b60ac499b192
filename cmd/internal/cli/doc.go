// Package cli holds what the command lines of all three programs share: how
// their words are read, how help that a person wrote is found, which signals end
// them, and with what status.
package cli
