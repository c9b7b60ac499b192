package kiosk_test

import (
	"errors"
	"testing"

	"example.org/inloop/kiosk"
)

func TestSlipTotals_SumsThatCannotBe(t *testing.T) {
	whole := kiosk.SlipTotals{Slips: 40, OutsideYes: 25, OutsideNo: 15, HelpYes: 10, HelpNo: 5, Rooms1: 25, Rooms2: 12, Rooms3: 3}
	for name, x := range map[string]struct {
		change func(*kiosk.SlipTotals)
		field  kiosk.SlipField
	}{
		"whole":               {func(*kiosk.SlipTotals) {}, ""},
		"none":                {func(s *kiosk.SlipTotals) { *s = kiosk.SlipTotals{} }, ""},
		"more yes than slips": {func(s *kiosk.SlipTotals) { s.OutsideYes = 41 }, kiosk.SlipFieldOutside},
		"yes and no together": {func(s *kiosk.SlipTotals) { s.HelpYes, s.HelpNo = 21, 20 }, kiosk.SlipFieldHelp},
		"rooms together":      {func(s *kiosk.SlipTotals) { s.Rooms3 = 4 }, kiosk.SlipFieldRooms},
		"less than none":      {func(s *kiosk.SlipTotals) { s.Rooms1 = -1 }, kiosk.SlipFieldRooms},
		"answers, no slips":   {func(s *kiosk.SlipTotals) { s.Slips = 0 }, kiosk.SlipFieldOutside},
		"a slip of the hand":  {func(s *kiosk.SlipTotals) { s.Slips = 50_000 }, kiosk.SlipFieldSlips},
	} {
		s := whole
		x.change(&s)
		err := s.Check()
		var wrong *kiosk.SlipError
		if errors.As(err, &wrong) != (x.field != "") || wrong != nil && wrong.Field != x.field {
			t.Errorf("%s: %v, want one of %q", name, err, x.field)
		}
	}
}
