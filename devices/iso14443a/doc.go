// Package iso14443a speaks to cards of ISO/IEC 14443-3 type A: check bytes,
// short and full frames, cascade levels, anticollision and selection. It says
// what goes over the air and checks what comes back; how the bits get there is
// the chip's business, behind [Transceiver]: one [Frame] goes out, one
// [Response] comes back.
//
// [List] reads the cards that have newly come and halts them; [Find] looks for
// one that was read, once, and tells which others it met. Both are made of
// [Request], [Select], [Reselect] and [Halt], which may be used alone. What is
// known of a card is a [Target]: its [UID], and the [SAK] that says which protocol
// it speaks. A [Link] is how others speak to a selected card.
//
// Nothing that a card or a disturbed bus sends is trusted before its length
// and its check bytes are right: a UID is read whole or not at all.
package iso14443a
