// Package sim simulates reader chips on an SPI bus with cards in their field,
// at register and frame level: what a driver sees of them is what data sheets
// and ISO/IEC 14443-3 say, with real air times. Tests and the kiosk's
// simulated reader run the real drivers over it.
//
// A [Field] holds each [Card]; an [MFRC522] (data sheet Rev. 3.9, 27 April 2016)
// or a [PN532] (user manual UM0701-02) works in a field, and its Open gives the
// SPI port, its IRQ and Reset the pins. A [Slot] takes either chip. A [Host] says
// how the bus differs, [Defects] what is wrong with it for a while, and [Clock] is
// time that passes at once. It is strict: what a data sheet or the standard
// forbids is noted as a violation.
package sim
