// Package wiring says how a badge reader, a light and a buzzer hang on the
// machine, and opens them. A [Config] names the SPI port, the chip and the pins;
// [Config.Reader] is the chip's driver on it, [Pin] finds a pin by its name, and
// [Init] makes the machine's buses known first.
package wiring
