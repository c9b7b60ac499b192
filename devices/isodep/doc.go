// Package isodep is the block protocol of ISO/IEC 14443-4 ("ISO-DEP"), by which
// an active card of type A takes commands of ISO/IEC 7816-4. It runs over any
// [iso14443a.Transceiver].
//
// [Talk] is the way through: it wakes a card, hands a [Conn] to it to the caller,
// and sends the card back to sleep. A link takes commands of the card's own by
// [Conn.Command], and commands in blocks by [Conn.APDU], which activates the
// protocol at the first time.
//
// Nothing that the card sends is trusted before its CRC_A and its block
// number are right, and nothing lasts longer than the bounds of this package,
// whatever the card says.
package isodep
