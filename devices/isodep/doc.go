// Package isodep is the block protocol of ISO/IEC 14443-4 ("ISO-DEP"), by which
// an active card of type A takes commands of ISO/IEC 7816-4. It runs over any
// [iso14443a.Transceiver]; a chip that speaks the protocol itself does not need
// it.
//
// Nothing that the card sends is believed before its CRC_A and its block
// number are right, and nothing lasts longer than the bounds of this package,
// whatever the card says.
package isodep
