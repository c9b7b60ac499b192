package kiosk

import (
	"fmt"
	"slices"
	"strings"
)

// Sign is what a resident is greeted by: a drawn picture in a colour, such as
// "tulip.red". In one room nobody else has it meanwhile.
type Sign string

// NewSign joins a picture and a colour; ErrSign when either is not one of ours.
func NewSign(picture, colour string) (Sign, error) {
	s := Sign(picture + "." + colour)
	_, _, err := s.Split()
	return s, err
}

// Split returns the sign's picture and colour, or ErrSign.
func (s Sign) Split() (picture, colour string, err error) {
	picture, colour, _ = strings.Cut(string(s), ".")
	if !slices.Contains(Pictures(), picture) || !slices.Contains(SignColours(), colour) {
		return "", "", fmt.Errorf("%w: %.30q", ErrSign, string(s))
	}
	return picture, colour, nil
}

// FreeSigns returns the signs that are not among those held, in the order in
// which the desk offers them.
func FreeSigns(held []Sign) []Sign {
	var free []Sign
	for _, picture := range Pictures() {
		for _, colour := range SignColours() {
			if sign := Sign(picture + "." + colour); !slices.Contains(held, sign) {
				free = append(free, sign)
			}
		}
	}
	return free
}

// Pictures returns the drawings that a sign can show, in the order in which the
// desk offers them. Package web draws each and names it in every language.
func Pictures() []string {
	return []string{
		"teapot", "tulip", "bicycle", "coffee", "umbrella", "fish", "bird", "cat", "tree", "sun", "moon", "star",
		"boat", "key", "bell", "apple", "cherry", "leaf", "rabbit", "turtle", "snail", "anchor", "guitar", "crown",
		"cake", "lamp", "heart", "carrot", "shell", "feather", "chair", "train", "clover", "grapes", "mountain", "book",
	}
}

// SignColours returns the colours that a sign can have.
func SignColours() []string {
	return []string{"red", "blue", "green", "yellow", "pink", "black"}
}
