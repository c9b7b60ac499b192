// Package signal tells a tap's outcome by a LED and a buzzer on two GPIO pins,
// for those who cannot see or cannot hear the door screen, and for a room
// whose screen has no loudspeaker. Either pin may be absent. [PatternFor] gives
// the [Pattern] of a greeting, and a [Player] plays it on both pins.
//
// Times are in ms, on and off by turns, starred where on:
//
//	pattern    means                    sound (buzzer)          all   light (LED)              all
//	Welcome    all is well, come in     *120*                   120   *600*                    600
//	Ask        walk on to a volunteer   *240* 120 *240*         600   *300* 200 *300*          800
//	NotSaved   nothing was kept         *480* 120 *120* 120     960   *200* 200 *200* 200     1000
//	                                    *120*                         *200*
//
// One is well, two is ask, three is not saved, for the ear and for the eye
// alike. Nobody has to count: by ear the first beep alone tells the pattern,
// for each is twice as long as the one before, and so does how long all of it
// lasts; by eye it is steady, slow and quick. Trouble never begins as a welcome
// does: who walks on after one short beep was welcomed. Two pins that beep and
// flash by the same number also help one who half sees and half hears.
//
// # Why so
//
//   - EN 301 549 V3.2.1, 4.2.1 and 4.2.4, wants one way to use a thing without
//     vision and one without hearing: hence every pattern is whole on each pin
//     alone.
//   - The same, 4.2.9, wants few triggers of seizures, and WCAG 2.3.1 no more
//     than three flashes in any one second. One small LED is far below the
//     area that WCAG leaves out, but it costs nothing to keep: flashes begin no
//     sooner than 350 ms after each other, across patterns too.
//   - Brewster, Wright and Edwards, "Guidelines for the Creation of Earcons",
//     tell signals of a family apart by rhythm, and ask for big differences
//     where each must be known without another to compare it with: hence other
//     numbers, other lengths and other beginnings at once.
//   - The milliseconds themselves are judgement and want trying out with
//     residents. ISO 24500 is about the beeps of consumer products; its text
//     was not at hand. No pattern lasts more than a second, and the buzzer
//     never sounds for half a second on end: a signal, no alarm.
//
// # Who wins
//
// A pattern that has begun is played to its end, then both pins rest for 350
// ms, then the next begins. Half a pattern would be another pattern: an ask
// that is cut after one beep, or two welcomes run together. Only a stronger one
// cuts in at once: not saved before ask before welcome, the order of what is
// lost when it goes unheard. So when one person's "not saved" is followed by
// another's welcome 100 ms later, the one who must go to the paper list hears it
// whole, and the other is welcomed 1350 ms after it began. That visit is kept
// anyway, while its greeting took the first from the screen: nothing else would
// tell the person who was not saved.
// One pattern at most waits, the strongest, so nothing piles up however fast
// the taps come. The price: a welcome that is cut, or that waits when a stronger
// one comes, is not played again.
//
// # The pins
//
// Both are on at high. The buzzer is an active one, with its own oscillator. A
// passive one would need PWM, which the kernel's GPIO lines do not have:
// periph's gpioioctl refuses it with an error. Loudness is a matter of
// the part and of a resistor or a bit of tape over its hole. A pin that errs is
// switched off, logged once, and tried again with the next pattern; the other
// goes on. If a pin hangs, only its own goroutine does.
package signal
