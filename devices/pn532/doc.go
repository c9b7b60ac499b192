// Package pn532 drives an NXP PN532 over SPI (PN532 user manual UM0701-02; data
// sheet Rev. 3.2). The chip tells cards apart by itself: it is given a listing
// that stays with it until a card comes, so that looking costs one byte of
// status, or nothing where the IRQ pin is wired.
//
// A [Device] is closed until [Device.Open], which also heals it: every wait has
// a deadline, and a chip that does not answer as it should is to be opened
// again. It belongs to one goroutine.
package pn532
