package desk

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Today gives the day so far and changes what stands in it. by is the
// volunteer's number. Each method commits before it returns; an error of
// package kiosk is a refusal, any other means that nothing was kept.
type Today interface {
	View(ctx context.Context) (kiosk.View, error)
	CheckInByHand(ctx context.Context, by, person int64) error
	CheckOut(ctx context.Context, by, person int64) error
	AddGuest(ctx context.Context, by int64, band kiosk.Band) error
	ReviewGuest(ctx context.Context, by, visit int64, accept bool) error
	KeepInside(ctx context.Context, by int64, keep bool) error
	Undo(ctx context.Context, by, action int64) error
	EnterPaper(ctx context.Context, by int64, e kiosk.PaperEntry) error
}

// People are the residents as the room knows them.
type People interface {
	Residents(ctx context.Context) ([]kiosk.Present, error)
	FreeSigns(ctx context.Context) ([]kiosk.Sign, error)
	ChangeProfile(ctx context.Context, by int64, r kiosk.Resident) error
	MarkLost(ctx context.Context, by, person int64) error
	Erase(ctx context.Context, by, person int64) error
	Visits(ctx context.Context, from, to count.Day, fn func(kiosk.Visit) error) error
}

// Answers takes what a resident answered. It has no method that tells what the
// answers came to.
type Answers interface {
	Intake(ctx context.Context, person int64, in kiosk.Intake) error
	ForgetIntake(ctx context.Context, person int64) error
	AnsweredIn(ctx context.Context, person int64) (count.Period, error)
}

// Badges gives an unknown badge its meaning.
type Badges interface {
	Enrol(ctx context.Context, by int64, e kiosk.Enrolment) (person int64, err error)
	AssignBadge(ctx context.Context, by, badge, person int64) error
	MakeGuestPass(ctx context.Context, by, badge int64) error
	AssignVolunteerBadge(ctx context.Context, badge, volunteer int64) error
	DropBadge(ctx context.Context, by, badge int64) error
}

// Volunteers knows who may sign in.
type Volunteers interface {
	Volunteers(ctx context.Context) ([]kiosk.Volunteer, error)
	ClaimCode(ctx context.Context, code string) (volunteer int64, err error)
	SetPIN(ctx context.Context, volunteer int64, pin string) error
	CheckPIN(ctx context.Context, volunteer int64, pin string) error
}

// Store is all that the desk asks of the room's book.
type Store interface {
	Today
	People
	Answers
	Badges
	Volunteers
}

// Pairing tells how the room and its centre are doing, with the code to be
// typed by the coordinator while one is open.
type Pairing interface {
	Sending(ctx context.Context) (kiosk.Sending, error)
}
