package main

import (
	"fmt"

	"example.org/inloop/kiosk/sqlite"
)

// volunteerCmd adds, lists and removes volunteers.
type volunteerCmd struct {
	Add    volunteerAdd    `cmd:""`
	List   volunteerList   `cmd:""`
	Remove volunteerRemove `cmd:""`
}

type volunteerAdd struct {
	Name string `arg:""`
}

// Run prints the code with which the volunteer chooses a badge and a PIN.
func (c *volunteerAdd) Run(a *app) error {
	return a.withStore(sqlite.ModeCommand, func(s *sqlite.Store) error {
		code, err := s.AddVolunteer(a.ctx, c.Name)
		if err != nil {
			return fmt.Errorf("add volunteer: %w", err)
		}
		fmt.Fprintf(a.out, "%s\n\n%s types this code at the desk, once, within 24 hours, then taps a badge and chooses a PIN.\n", code, c.Name)
		return nil
	})
}

type volunteerList struct{}

// Run prints the volunteers, a line each.
func (*volunteerList) Run(a *app) error {
	return a.withStore(sqlite.ModeReadOnly, func(s *sqlite.Store) error {
		all, err := s.Volunteers(a.ctx)
		if err != nil {
			return fmt.Errorf("list volunteers: %w", err)
		}
		for _, v := range all {
			pin := "PIN chosen"
			if !v.HasPIN {
				pin = "no PIN yet"
			}
			fmt.Fprintf(a.out, "%d\t%s\t%s\t%d badges\n", v.No, v.Name, pin, v.Badges)
		}
		return nil
	})
}

type volunteerRemove struct {
	No int64 `arg:""`
}

// Run takes away a volunteer, with badge and PIN.
func (c *volunteerRemove) Run(a *app) error {
	return a.withStore(sqlite.ModeCommand, func(s *sqlite.Store) error { return s.RemoveVolunteer(a.ctx, c.No) })
}
