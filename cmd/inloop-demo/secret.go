package main

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"example.org/inloop/kiosk/auth"
)

// newPIN draws a PIN that the kiosk takes.
func newPIN() string {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			panic(err) // crypto/rand does not fail (Go 1.24)
		}
		if pin := fmt.Sprintf("%06d", n); auth.ValidatePIN(pin) == nil {
			return pin
		}
	}
}

// newPassword draws a coordinator's password.
func newPassword() string { return rand.Text()[:16] }
