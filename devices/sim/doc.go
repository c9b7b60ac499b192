// Package sim is an MFRC522 on an SPI bus with cards in its field, at register
// and frame level: what a driver sees of it is what the data sheet (Rev. 3.9,
// 27 April 2016) and ISO/IEC 14443-3 say, with real air times. Tests and the
// kiosk's simulated reader run the real driver over it.
//
// A [Field] holds cards, a [Chip] works in a field, and [Chip.Open] gives the
// SPI port. Faults are switched on and off while it runs. It is strict:
// what the data sheet or the standard forbids is noted, see [Chip.Violations].
package sim
