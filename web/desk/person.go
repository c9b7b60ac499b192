package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// ProfileKeeper changes what the room knows of one person.
type ProfileKeeper interface {
	ChangeProfile(ctx context.Context, by int64, r kiosk.Resident) error
	MarkLost(ctx context.Context, by, person int64) error
	Erase(ctx context.Context, by, person int64) error
}

// personPage is all that a volunteer can do for one person.
type personPage struct {
	personRow
	Name     string
	OnScreen bool
	Language string
	Answered string // "2026-K4", empty when nothing was answered
}

func (d *Desk) person(w http.ResponseWriter, r *request) error {
	p, err := d.ofPath(r)
	if err != nil {
		return err
	}
	body := personPage{personRow: d.row(r, p), Name: p.Name, OnScreen: p.OnScreen, Language: string(p.Language)}
	if body.Answered, err = d.answered(r, p.No); err != nil {
		return err
	}
	return d.show(w, r, "person", page{Title: body.Label, Body: body})
}

// ofPath is the person whom the address names.
func (d *Desk) ofPath(r *request) (kiosk.Present, error) {
	no, err := r.path("person")
	if err != nil {
		return kiosk.Present{}, err
	}
	return d.find(r.Context(), no)
}

// answered is the quarter in which a person answered, in words; never what.
func (d *Desk) answered(r *request, person int64) (string, error) {
	q, err := d.cfg.Store.Answers.AnsweredIn(r.Context(), person)
	if errors.Is(err, kiosk.ErrNotFound) || err == nil && q == "" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask for the quarter answered: %w", err)
	}
	return quarterWords(r.localizer, q), nil
}

func quarterWords(t web.Localizer, q count.Period) string {
	year, no, _ := strings.Cut(string(q), "Q")
	return t.Say("desk.quarter", "Year", year, "No", no)
}

func personPath(no int64) string { return fmt.Sprintf("/desk/person/%d", no) }

func (d *Desk) changeSign(w http.ResponseWriter, r *request) error {
	p, err := d.ofPath(r)
	if err != nil {
		return err
	}
	free, err := d.cfg.Store.Residents.FreeSigns(r.Context())
	if err != nil {
		return fmt.Errorf("list free signs: %w", err)
	}
	body := signPage{Here: personPath(p.No) + "/sign", Pick: true}
	body.Signs, body.Colours = d.wall(r, free)
	return d.show(w, r, "sign", page{Title: r.localizer.T("desk.sign.title", nil), Body: body})
}

func (d *Desk) saveSign(w http.ResponseWriter, r *request) error {
	return d.profile(w, r, []string{"sign"}, func(p *kiosk.Resident) error {
		p.Sign = kiosk.Sign(r.PostForm.Get("sign"))
		return nil
	})
}

func (d *Desk) saveName(w http.ResponseWriter, r *request) error {
	return d.profile(w, r, []string{"name", "onscreen"}, func(p *kiosk.Resident) (err error) {
		if p.Name, err = kiosk.ParseName(r.PostForm.Get("name")); err != nil {
			return err
		}
		p.OnScreen = false
		if r.PostForm.Has("onscreen") {
			yes, err := r.yes("onscreen")
			if err != nil {
				return err
			}
			p.OnScreen = yes && p.Name != ""
		}
		return nil
	})
}

func (d *Desk) saveLanguage(w http.ResponseWriter, r *request) error {
	return d.profile(w, r, []string{"language"}, func(p *kiosk.Resident) (err error) {
		p.Language, err = d.language(r)
		return err
	})
}

// profile changes one thing of a person's profile and keeps the rest.
func (d *Desk) profile(w http.ResponseWriter, r *request, fields []string, change func(*kiosk.Resident) error) error {
	return d.act(w, r, fields, func() (done, error) {
		p, err := d.ofPath(r)
		if err != nil {
			return done{}, err
		}
		if err := change(&p.Resident); err != nil {
			return done{}, err
		}
		if p.Language == "" {
			p.Language = kiosk.DefaultLanguage
		}
		if err := p.Check(); err != nil {
			return done{}, err
		}
		return done{said: r.localizer.T("desk.did.saved", nil), to: personPath(p.No)},
			d.cfg.Store.Profiles.ChangeProfile(r.Context(), r.session.volunteer, p.Resident)
	})
}

func (d *Desk) markLost(w http.ResponseWriter, r *request) error {
	return d.toPerson(w, r, "desk.did.lost", "", func(no int64) error {
		return d.cfg.Store.Profiles.MarkLost(r.Context(), r.session.volunteer, no)
	})
}

func (d *Desk) forget(w http.ResponseWriter, r *request) error {
	return d.toPerson(w, r, "desk.did.forgotten", "", func(no int64) error {
		return d.cfg.Store.Answers.ForgetIntake(r.Context(), no)
	})
}

// toPerson does something to the person of the address; to is where it leads,
// empty for the person's own page.
func (d *Desk) toPerson(w http.ResponseWriter, r *request, said, to string, do func(person int64) error) error {
	return d.act(w, r, nil, func() (done, error) {
		no, err := r.path("person")
		if err != nil {
			return done{}, err
		}
		if to == "" {
			to = personPath(no)
		}
		return done{said: r.localizer.T(said, nil), to: to}, do(no)
	})
}
