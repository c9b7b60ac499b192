// Package leak looks for names and card numbers in recorded traffic, in any
// encoding that a program could have put them in. It is for tests.
package leak
