// Package pn532 drives an NXP PN532 over SPI (PN532 user manual UM0701-02; data
// sheet Rev. 3.2): its frames and commands. The bus, its speeds and its pins are
// package spibus's.
//
// [New] makes a [Device], which [Device.Open] opens, sets up and heals: every
// wait has a deadline, and a chip that does not answer as it should is to be
// opened again. [Device.Scan] gives the chip a listing, which stays with it until
// a card comes, so that looking costs one byte of status, or nothing where the
// IRQ pin is wired. [Device.Transceive] sends one frame as it is; [Device.Find]
// and [Device.Talk] are made of it, by packages iso14443a and isodep.
// [Device.Check] watches over the chip, [Device.Details] and [Device.SelfTest]
// are for people.
package pn532
