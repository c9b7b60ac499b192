// Package wiring says how a badge reader, a light and a buzzer hang on the
// machine, and opens them. A [Plan] names the SPI port, the chip and the pins;
// [Plan.Reader] is the chip's driver on it, [Pin] finds a pin by its name, and
// [Init] makes the machine's buses known first.
package wiring
