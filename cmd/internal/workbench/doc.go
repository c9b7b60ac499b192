// Package workbench is for who holds a badge reader in their hands: it goes
// through everything that can be wrong with one, shows taps as they come,
// measures what a reading takes, and tells the keys that a tag is to be given.
//
// [Open] gives the [Workbench] of a reader, which has a method for each of these.
// All is said in words, in the language of the operator's shell: what is good,
// what is to be known, and which wire to touch.
package workbench
