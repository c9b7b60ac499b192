// Package settings makes one struct the only list of a program's settings. From
// the tags of its fields come the flags of the command line, the variables of the
// environment, the keys of the TOML file, the help, its example of a file, the
// README's table and the tests that a setting gets through from each of the three,
// so that it is added in one place.
//
// [Of] lists the settings of such a struct. A [Source] reads it: its Flags are
// what package kong is given, and its Load lays the flags over the environment,
// that over the file, and the file over what holds by default. An [Error] is a
// setting that cannot be used; it names where it stands, what was found there and
// what is wanted. What only the program can find out is told in the same way by
// [Source.Locate].
//
// The tags are
//
//	toml:"one_screen"       the name, and --one-screen and INLOOP_ONE_SCREEN of it
//	env:"INLOOP_DB"         another variable
//	default:"SPI0.0"        what holds when nobody says otherwise
//	unset:"the chip's own"  the same in words, where it is no value
//	value:"PORT"            what the help calls a value
//	help:"…"                a line for the operator
//	example:"SPI1.0"        a value that is not the default, for the example of a
//	                        file and the tests; a number or a yes may have none.
//	                        Of a table it is the lines below its head, with ' for "
//
// An empty text is the same as none. A setting that is no text, number, yes or no
// is written in TOML also as a flag or in the environment:
//
//	--exceptions '{ "2026-12-25" = [] }'
package settings
