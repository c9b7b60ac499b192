package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.org/inloop/kiosk"
)

// The years that people have in their heads: births, and the decade to come.
const (
	firstYear = 1900
	lastYear  = 2039
)

// keypad is how the digits lie under a finger; "." is no key.
const keypad = "123" + "456" + "789" + ".0."

const keypadWidth = 3

// ValidatePIN returns kiosk.ErrWeakPIN unless pin is 6 digits of which none of the
// rules below says how they came about. Who tries such PINs first finds many
// people's; 85 of 100 random ones are left (a test counts all of them).
func ValidatePIN(pin string) error {
	if len(pin) != 6 || strings.Trim(pin, "0123456789") != "" {
		return fmt.Errorf("%w: want 6 digits", kiosk.ErrWeakPIN)
	}
	for _, rule := range []struct {
		weak func(pin string) bool
		what string
	}{
		{hasEvenSteps, "no row of digits"},
		{isRepetition, "no repetition"},
		{isDate, "no date"},
		{hasYear, "no year"},
		{isKeypadWalk, "no pattern of keys"},
		{isFamous, "nothing that everybody knows"},
	} {
		if rule.weak(pin) {
			return fmt.Errorf("%w: %s", kiosk.ErrWeakPIN, rule.what)
		}
	}
	return nil
}

// hasEvenSteps tells whether pin, both of its halves, or its pairs go on by one
// step: 135791 (where 1 comes after 9), 147258, 102030.
func hasEvenSteps(pin string) bool {
	pairs := []int{number(pin[:2]), number(pin[2:4]), number(pin[4:])}
	return evenSteps(digits(pin), 10) || evenSteps(digits(pin[:3]), 0) && evenSteps(digits(pin[3:]), 0) || evenSteps(pairs, 0)
}

// evenSteps tells whether the steps between numbers are all the same. Of a round of
// numbers 0 comes after the last; 0 says that they are no round.
func evenSteps(numbers []int, round int) bool {
	for i := 2; i < len(numbers); i++ {
		bend := numbers[i] - 2*numbers[i-1] + numbers[i-2]
		if round > 0 {
			bend %= round
		}
		if bend != 0 {
			return false
		}
	}
	return true
}

// isRepetition tells whether pin is made of less than it seems: 484484, 484848,
// 114488, 484884, 448444.
func isRepetition(pin string) bool {
	kinds := digits(pin)
	slices.Sort(kinds)
	mirrored := pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3]
	doubled := pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]
	return mirrored || doubled || pin[:3] == pin[3:] || len(slices.Compact(kinds)) < 3
}

// isDate tells whether pin can be read as a day, a month and two digits of a year,
// in any of the orders in which the world writes them.
func isDate(pin string) bool {
	a, b, c := number(pin[:2]), number(pin[2:4]), number(pin[4:])
	return isDay(a, b) || isDay(b, a) || isDay(c, b)
}

func isDay(day, month int) bool { return day >= 1 && day <= 31 && month >= 1 && month <= 12 }

// hasYear tells whether pin begins or ends with a year.
func hasYear(pin string) bool {
	return isYear(number(pin[:4])) || isYear(number(pin[2:]))
}

func isYear(n int) bool { return n >= firstYear && n <= lastYear }

// isKeypadWalk tells whether a finger finds pin without lifting, from each key to
// one beside it, or knows the corners alone: 142536, 147896, 139713.
func isKeypadWalk(pin string) bool {
	if strings.Trim(pin, "1379") == "" {
		return true
	}
	for i := 1; i < len(pin); i++ {
		from, to := strings.IndexByte(keypad, pin[i-1]), strings.IndexByte(keypad, pin[i])
		across, down := to%keypadWidth-from%keypadWidth, to/keypadWidth-from/keypadWidth
		if from == to || across*across > 1 || down*down > 1 {
			return false
		}
	}
	return true
}

// isFamous tells whether pin begins a row that people learn by heart: pi, e, the
// golden section, Fibonacci's numbers, the primes, a seventh, and the even numbers
// up and down.
func isFamous(pin string) bool {
	return slices.Contains([]string{
		"314159", "141592", "271828", "718281", "161803", "618033", "112358", "123581", "235711", "142857", "246810", "108642",
	}, pin)
}

func digits(s string) []int {
	all := make([]int, len(s))
	for i := range s {
		all[i] = int(s[i] - '0')
	}
	return all
}

// number reads digits that were seen to be digits.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
