// Package mfrc522 drives NXP's MFRC522 contactless reader chip over SPI; its
// interrupt and reset pins may be wired or not. [Device] opens the bus, sets the
// chip up, exchanges frames with cards and watches over the chip's health;
// telling cards apart is left to package iso14443a.
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
