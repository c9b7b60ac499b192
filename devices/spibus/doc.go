// Package spibus is the wiring that drivers of SPI reader chips share: a port
// that is opened and opened again, the speed that its wires bear, the reset pin
// and the interrupt pin. What the bytes mean is the driver's business.
//
// A driver makes one [Bus] of its [ChipSpec] and a room's [Wiring]. [Bus.Open] and
// [Bus.Close] may follow each other for ever; in between, [Bus.Tx] and
// [Bus.Batch] carry frames, [Bus.Fastest] finds the speed, [Bus.PulseReset]
// pulls the reset pin, and [Bus.Interrupt] gives the pin that ends a wait early.
package spibus
