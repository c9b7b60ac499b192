package desk

import (
	"context"
	"fmt"
	"net/http"

	"example.org/inloop/kiosk"
)

// BadgeGiver gives an unknown badge its meaning.
type BadgeGiver interface {
	Enrol(ctx context.Context, by int64, e kiosk.Enrolment) (person int64, err error)
	AssignBadge(ctx context.Context, by, badge, person int64) error
	MakeGuestPass(ctx context.Context, by, badge int64) error
	DropBadge(ctx context.Context, by, badge int64) error
}

// VolunteerKeeper knows the volunteers and which badge is whose.
type VolunteerKeeper interface {
	Volunteers(ctx context.Context) ([]kiosk.Volunteer, error)
	AssignVolunteerBadge(ctx context.Context, by, badge, volunteer int64) error
}

// signPage is the wall of signs that are free, and what else an unknown badge
// can be.
type signPage struct {
	Here    string // the page's own address
	Badge   int64  // 0 when there is no badge to it
	Signs   []signChoice
	Colours []colourChoice
	Pick    bool // a sign for somebody known: choosing saves at once
	Lost    badgeCard
}

type signChoice struct {
	Sign            kiosk.Sign
	Picture, Colour string
	Word            string
}

type colourChoice struct {
	Key, Word string
	Chosen    bool
}

// languagePage is the last step of an enrolment: one touch on a language is
// "done".
type languagePage struct {
	Here  string
	Sign  signChoice
	Guest int64 // the guest of a moment ago, 0 if there is none
	At    string
}

// chooseSign shows the free signs, or, when one was touched, the languages.
func (d *Desk) chooseSign(w http.ResponseWriter, r *request) error {
	here, badge, err := d.badgeHere(r)
	if err != nil {
		return err
	}
	if sign := kiosk.Sign(r.URL.Query().Get("sign")); sign != "" {
		return d.chooseLanguageOf(w, r, here, sign)
	}
	free, err := d.cfg.Store.Residents.FreeSigns(r.Context())
	if err != nil {
		return fmt.Errorf("list free signs: %w", err)
	}
	body := signPage{Here: here, Badge: badge.No, Lost: badge}
	body.Signs, body.Colours = d.wall(r, free)
	return d.show(w, r, "sign", page{Title: r.localizer.T("desk.sign.title", nil), Body: body})
}

// badgeHere reads which unknown badge the page is about; "/desk/new" is about
// none.
func (d *Desk) badgeHere(r *request) (here string, card badgeCard, err error) {
	if r.PathValue("badge") == "" {
		return "/desk/new", card, nil
	}
	no, err := r.path("badge")
	if err != nil {
		return "", card, err
	}
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return "", card, err
	}
	for _, b := range v.Badges {
		if b.No == no {
			return fmt.Sprintf("/desk/badge/%d", no), d.badgeCard(r, b), nil
		}
	}
	return "", card, fmt.Errorf("badge on this page: %w", kiosk.ErrNotFound)
}

// wall lays out one tile a picture. Without a colour each picture comes in a
// free colour of its own, so that the wall is many-coloured.
func (d *Desk) wall(r *request, free []kiosk.Sign) ([]signChoice, []colourChoice) {
	want := r.URL.Query().Get("colour")
	isFree := make(map[kiosk.Sign]bool, len(free))
	for _, s := range free {
		isFree[s] = true
	}
	colours := kiosk.SignColours()
	var tiles []signChoice
	for i, picture := range kiosk.Pictures() {
		for j := range colours {
			colour := colours[(i+j)%len(colours)]
			s := kiosk.Sign(picture + "." + colour)
			if isFree[s] && (want == "" || want == colour) {
				tiles = append(tiles, signChoice{s, picture, colour, r.localizer.Sign(picture, colour)})
				break
			}
		}
	}
	var chips []colourChoice
	for _, c := range colours {
		chips = append(chips, colourChoice{c, r.localizer.Colour(c), c == want})
	}
	return tiles, chips
}

func (d *Desk) chooseLanguageOf(w http.ResponseWriter, r *request, here string, sign kiosk.Sign) error {
	picture, colour, err := sign.Split()
	if err != nil {
		return err
	}
	v, err := d.cfg.Store.Day.View(r.Context())
	if err != nil {
		return err
	}
	body := languagePage{Here: here, Sign: signChoice{sign, picture, colour, r.localizer.Sign(picture, colour)}}
	var latest kiosk.Visit
	for _, g := range v.Recent {
		if !g.Void && g.In.After(latest.In) {
			latest = g
		}
	}
	if latest.ID != 0 {
		body.Guest, body.At = latest.ID, d.clock(r, latest.In)
	}
	return d.show(w, r, "language", page{Title: r.localizer.T("desk.language.title", nil), Body: body})
}

func (d *Desk) enrol(w http.ResponseWriter, r *request) error {
	return d.act(w, r, []string{"sign", "language", "guest"}, func() (done, error) {
		e, err := d.enrolment(r)
		if err != nil {
			return done{}, err
		}
		_, err = d.cfg.Store.Badges.Enrol(r.Context(), r.session.volunteer, e)
		return done{said: r.localizer.Say("desk.did.enrolled", "Who", label(r.localizer, e.Resident))}, err
	})
}

// enrolment reads who is to be enrolled, with which badge and as which guest.
func (d *Desk) enrolment(r *request) (e kiosk.Enrolment, err error) {
	if r.PathValue("badge") != "" {
		if e.Badge, err = r.path("badge"); err != nil {
			return e, err
		}
	}
	if r.PostForm.Has("guest") {
		if e.Guest, err = r.number("guest"); err != nil {
			return e, err
		}
	}
	e.Sign = kiosk.Sign(r.PostForm.Get("sign"))
	if e.Language, err = d.language(r); err != nil {
		return e, err
	}
	return e, e.Check()
}

func (d *Desk) choosePerson(w http.ResponseWriter, r *request) error {
	here, _, err := d.badgeHere(r)
	if err != nil {
		return err
	}
	f, err := d.finder(r, here+"/person")
	if err != nil {
		return err
	}
	f.Action, f.Button = f.Here, r.localizer.T("desk.badge.give", nil)
	return d.show(w, r, "people", page{Title: r.localizer.T("desk.badge.whose", nil), Body: f})
}

func (d *Desk) assignBadge(w http.ResponseWriter, r *request) error {
	badge, err := r.path("badge")
	if err != nil {
		return err
	}
	return d.onPerson(w, r, "desk.did.linked", func(p int64) error {
		return d.cfg.Store.Badges.AssignBadge(r.Context(), r.session.volunteer, badge, p)
	})
}

// volunteerPage lists who can be given the badge.
type volunteerPage struct {
	Here string
	List []kiosk.Volunteer
}

func (d *Desk) chooseVolunteer(w http.ResponseWriter, r *request) error {
	here, _, err := d.badgeHere(r)
	if err != nil {
		return err
	}
	all, err := d.cfg.Store.Volunteers.Volunteers(r.Context())
	if err != nil {
		return fmt.Errorf("list volunteers: %w", err)
	}
	return d.show(w, r, "volunteers", page{
		Title: r.localizer.T("desk.badge.volunteer", nil), Body: volunteerPage{here + "/volunteer", all},
	})
}

func (d *Desk) assignVolunteerBadge(w http.ResponseWriter, r *request) error {
	return d.onBadge(w, r, "desk.did.linkedvolunteer", []string{"volunteer"}, func(badge int64) error {
		v, err := r.number("volunteer")
		if err != nil {
			return err
		}
		return d.cfg.Store.Volunteers.AssignVolunteerBadge(r.Context(), r.session.volunteer, badge, v)
	})
}

func (d *Desk) makeGuestPass(w http.ResponseWriter, r *request) error {
	return d.onBadge(w, r, "desk.did.pass", nil, func(badge int64) error {
		return d.cfg.Store.Badges.MakeGuestPass(r.Context(), r.session.volunteer, badge)
	})
}

func (d *Desk) dropBadge(w http.ResponseWriter, r *request) error {
	return d.onBadge(w, r, "desk.did.drop", nil, func(badge int64) error {
		return d.cfg.Store.Badges.DropBadge(r.Context(), r.session.volunteer, badge)
	})
}

// onBadge does something to the badge of the address.
func (d *Desk) onBadge(w http.ResponseWriter, r *request, said string, fields []string, do func(badge int64) error) error {
	return d.act(w, r, fields, func() (done, error) {
		badge, err := r.path("badge")
		if err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T(said, nil)}, do(badge)
	})
}
