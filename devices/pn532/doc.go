// Package pn532 drives an NXP PN532 over SPI (PN532 user manual UM0701-02; data
// sheet Rev. 3.2): its frames and commands. The bus, its speeds and its pins are
// package spibus's.
//
// [New] makes a [Device], which [Device.Open] opens, sets up and heals: every
// wait has a deadline, and a chip that does not answer as it should is to be
// opened again. [Device.Transceive] sends one frame as it is; all reading, looking
// for and talking to cards is made of it, by packages iso14443a and isodep, so
// that several cards are told apart as on any other chip, whatever the firmware
// does with those that fall back or were halted. Only the first card after a
// while without any is found by a listing of the firmware's, which [Device.Scan]
// leaves with the chip, so that looking costs one byte of status, or nothing where
// the IRQ pin is wired.
//
// [Device.Check] watches over the chip, [Device.Details] and [Device.SelfTest]
// are for people.
package pn532
