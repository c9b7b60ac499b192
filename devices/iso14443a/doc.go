// Package iso14443a speaks to cards of ISO/IEC 14443-3 type A: check bytes,
// short and full frames, cascade levels, anticollision and selection. It says
// what goes over the air and judges what comes back; how the bits get there is
// the chip's business, behind [Transceiver].
//
// Nothing that a card or a disturbed bus sends is believed before its length
// and its check bytes are right: a UID is read whole or not at all.
package iso14443a
