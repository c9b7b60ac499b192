// Package nfc turns a reader chip into taps: it polls the chip, tells one
// presentation of a card from the next, and opens a dead bus again for ever.
//
// A [Reader] over a [Chip] is set going by [Reader.Run]; [Reader.Next] waits for
// the next tap, and [Options] say who hears of the reader's health and what a
// newcomer is asked. [AnyChip] finds out which of several chips is plugged in.
//
// A card that is laid down is one tap, however long it lies there; it counts
// again after it was gone. Gone is decided here and nowhere else: a driver looks
// once and tells what it saw, and three misses in a row over six tenths of a second
// mean gone, for each card by itself. Badges in one placement are a tap each. A UID
// that a phone or a bank card drew for the moment is a tap only when no badge
// lies with it: the badge behind a phone is what was meant.
//
// A card that lies there when the program starts is marked [kiosk.Tap.AtStart]
// and given to the room, which alone can know whether it was tapped before: a
// pass that was left lying was, and a neighbour who was quicker than the first
// look was not. Neither can be told from the other by the reader alone.
package nfc
