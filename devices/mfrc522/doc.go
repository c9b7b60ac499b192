// Package mfrc522 drives NXP's MFRC522 contactless reader chip over SPI: its
// registers and commands. The bus, its speeds and its pins are package spibus's,
// telling cards apart is package iso14443a's.
//
// [New] makes a [Device], which [Device.Open] opens, sets up and heals.
// [Device.Transceive] exchanges one frame with the cards; [Device.Scan],
// [Device.Find] and [Device.Talk] are made of it. [Device.Check] watches over the
// chip's settings, [Device.Details] and [Device.SelfTest] are for people.
//
// "Data sheet" means NXP's MFRC522 product data sheet, Rev. 3.9 of
// 27 April 2016. An exchange costs seven chip selects and two transfers: six
// writes in one batch, and one read frame in which the flags, the errors, the
// fill level and the answer come together (data sheet 8.1.2.1: the addresses
// of one read frame may differ).
//
// Every wait is bounded twice: by the chip's own timer and by a deadline here.
// Only where a card may take its own time is it the deadline alone.
package mfrc522
