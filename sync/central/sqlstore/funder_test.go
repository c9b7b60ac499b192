package sqlstore_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/sqlstore"
)

// funder is a new row of an organisation's settings.
func funder(t testing.TB, s *sqlstore.Store, a central.Account, name string, whole bool, rooms ...int64) int64 {
	t.Helper()
	id, err := s.SaveFunder(t.Context(), central.Funder{Organisation: a.Organisation, Name: name, Whole: whole, Rooms: rooms}, 10)
	must(t, err)
	return id
}

// invite makes a link by which name may read for a funder.
func invite(t testing.TB, s *sqlstore.Store, organisation, funder int64, name string, token byte) error {
	t.Helper()
	return s.InviteReader(t.Context(), central.ReaderLink{
		Organisation: organisation, Funder: funder, Name: name, Token: hash(token), Expires: noon.Add(time.Hour),
	}, 3, noon)
}

func TestFunders_AreKeptWithTheirRooms(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		b := coordinator(t, s, "Stichting Twee", "b@twee.example")
		laak, plein := paired(t, s, a, "Laak", publicKey(1)), paired(t, s, a, "Plein", publicKey(2))
		theirs := paired(t, s, b, "Maan", publicKey(3))
		town := funder(t, s, a, "Gemeente", true, laak.ID)
		fund := funder(t, s, a, "Fonds", false, laak.ID, plein.ID)

		all, err := s.Funders(ctx, a.Organisation)
		if err != nil || len(all) != 2 || all[0].ID != fund || all[1].ID != town {
			t.Fatalf("funders %+v, %v", all, err)
		}
		if !slices.Equal(all[0].Rooms, []int64{laak.ID, plein.ID}) || all[0].Whole || !all[1].Whole || all[1].OrganisationName != "Stichting Een" {
			t.Errorf("funders %+v", all)
		}
		for name, f := range map[string]central.Funder{
			"a room of another organisation":  {Organisation: a.Organisation, Name: "Provincie", Rooms: []int64{theirs.ID}},
			"a row of another organisation":   {Organisation: b.Organisation, ID: town, Name: "Gemeente"},
			"a row that was never there":      {Organisation: a.Organisation, ID: 999, Name: "Provincie"},
			"an organisation that is not one": {Organisation: 999, Name: "Provincie"},
		} {
			_, err := s.SaveFunder(ctx, f, 10)
			wantError(t, name, err, central.ErrNotFound)
		}
		_, err = s.SaveFunder(ctx, central.Funder{Organisation: a.Organisation, Name: "Gemeente"}, 10)
		wantError(t, "the same name and contract", err, central.ErrTaken)
		_, err = s.SaveFunder(ctx, central.Funder{Organisation: a.Organisation, Name: "Gemeente", Contract: "2"}, 2)
		wantError(t, "more than there may be", err, central.ErrTooMany)
		_, err = s.SaveFunder(ctx, central.Funder{Organisation: a.Organisation, ID: town, Name: "Gemeente", Contract: "2"}, 2)
		must(t, err)
		all, err = s.Funders(ctx, a.Organisation)
		if err != nil || len(all) != 2 || all[1].Contract != "2" || all[1].Whole || len(all[1].Rooms) != 0 {
			t.Errorf("after a change: %+v, %v", all, err)
		}
		wantError(t, "remove another's", s.RemoveFunder(ctx, b.Organisation, town), central.ErrNotFound)
		must(t, s.RemoveFunder(ctx, a.Organisation, town))
		wantError(t, "remove twice", s.RemoveFunder(ctx, a.Organisation, town), central.ErrNotFound)
	})
}

func TestReaders_ComeByLinkAndGoWithTheirFunder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a := coordinator(t, s, "Stichting Een", "a@een.example")
		town, fund := funder(t, s, a, "Gemeente", true), funder(t, s, a, "Fonds", false)
		wantError(t, "a coordinator as reader", invite(t, s, a.Organisation, town, "a@een.example", 1), central.ErrTaken)
		wantError(t, "another's funder", invite(t, s, a.Organisation+1, town, "c@stad.example", 1), central.ErrNotFound)
		must(t, invite(t, s, a.Organisation, town, "c@stad.example", 1))
		must(t, invite(t, s, a.Organisation, town, "c@stad.example", 2)) // in the place of the first
		_, err := s.InvitedReader(ctx, hash(1), noon)
		wantError(t, "a replaced link", err, central.ErrNoInvitation)
		_, err = s.InvitedReader(ctx, hash(2), noon.Add(time.Hour))
		wantError(t, "a link that ended", err, central.ErrNoInvitation)
		in, err := s.InvitedReader(ctx, hash(2), noon)
		if want := (central.ReaderInvitation{OrganisationName: "Stichting Een", FunderName: "Gemeente", AccountName: "c@stad.example"}); err != nil || in != want {
			t.Fatalf("invited to %+v, %v", in, err)
		}
		wantError(t, "without a password", s.AcceptReader(ctx, hash(2), "", hash(9), noon), central.ErrNoInvitation)
		must(t, s.AcceptReader(ctx, hash(2), "$argon2id$1", hash(9), noon))
		wantError(t, "used twice", s.AcceptReader(ctx, hash(2), "$argon2id$1", hash(9), noon), central.ErrNoInvitation)
		session, err := s.Session(ctx, hash(9))
		if err != nil || session.Account.Role != central.RoleFunder || session.Account.Name != "c@stad.example" {
			t.Fatalf("session %+v, %v", session, err)
		}
		wantError(t, "a reader as coordinator", s.Invite(ctx, "Stichting Een", "c@stad.example", hash(8), noon, noon.Add(time.Hour)), central.ErrTaken)

		must(t, invite(t, s, a.Organisation, fund, "c@stad.example", 3))
		must(t, s.AcceptReader(ctx, hash(3), "$argon2id$2", hash(7), noon))
		reads, err := s.FundersRead(ctx, session.Account.ID)
		if err != nil || len(reads) != 2 || reads[0].ID != fund || reads[1].ID != town {
			t.Errorf("reads for %+v, %v", reads, err)
		}
		must(t, invite(t, s, a.Organisation, fund, "d@stad.example", 4))
		must(t, invite(t, s, a.Organisation, fund, "e@stad.example", 5))
		wantError(t, "one reader too many", invite(t, s, a.Organisation, fund, "f@stad.example", 6), central.ErrTooMany)
		must(t, s.RemoveReader(ctx, a.Organisation, fund, "e@stad.example"))
		all, err := s.Funders(ctx, a.Organisation)
		if want := []central.FunderReader{{Name: "c@stad.example"}, {Name: "d@stad.example", Open: true}}; err != nil || !slices.Equal(all[0].Readers, want) {
			t.Errorf("readers %+v, %v", all[0].Readers, err)
		}
		must(t, s.RemoveFunder(ctx, a.Organisation, fund))
		if _, err := s.Session(ctx, hash(7)); err != nil {
			t.Errorf("who reads for another funder is signed out: %v", err)
		}
		wantError(t, "another organisation's removal", s.RemoveReader(ctx, a.Organisation+1, town, "c@stad.example"), central.ErrNotFound)
		must(t, s.RemoveReader(ctx, a.Organisation, town, "c@stad.example"))
		_, err = s.Session(ctx, hash(7))
		wantError(t, "session of who reads for nobody", err, central.ErrNoSession)
		_, _, err = s.Account(ctx, "c@stad.example")
		wantError(t, "account of who reads for nobody", err, central.ErrNotFound)
		if _, _, err := s.Account(ctx, "a@een.example"); err != nil {
			t.Errorf("the coordinator went too: %v", err)
		}
	})
}

// A coordinator who may set a reader's password could sign in as that reader: no
// link of one organisation opens what another released.
func TestReaders_ALinkOpensNoOtherOrganisation(t *testing.T) {
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ string) {
		ctx := t.Context()
		a, b := coordinator(t, s, "Stichting Een", "a@een.example"), coordinator(t, s, "Stichting Twee", "b@twee.example")
		ours, theirs := funder(t, s, a, "Gemeente", true), funder(t, s, b, "Gemeente", true)
		must(t, invite(t, s, b.Organisation, theirs, "c@stad.example", 1))
		must(t, s.AcceptReader(ctx, hash(1), "$argon2id$theirs", hash(9), noon))

		must(t, invite(t, s, a.Organisation, ours, "c@stad.example", 2))
		in, err := s.InvitedReader(ctx, hash(2), noon)
		if err != nil || !in.Known {
			t.Fatalf("invited %+v, %v, want one that is known", in, err)
		}
		wantError(t, "a new password", s.AcceptReader(ctx, hash(2), "$argon2id$ours", hash(8), noon), central.ErrNoInvitation)
		if _, password, err := s.Account(ctx, "c@stad.example"); err != nil || !strings.HasSuffix(password, "theirs") {
			t.Errorf("password %q, %v", password, err)
		}
		must(t, s.AcceptReader(ctx, hash(2), "", hash(8), noon)) // the password was proven above
		session, err := s.Session(ctx, hash(8))
		must(t, err)
		if reads, err := s.FundersRead(ctx, session.Account.ID); err != nil || len(reads) != 2 {
			t.Errorf("reads for %+v, %v", reads, err)
		}
		must(t, s.RemoveFunder(ctx, b.Organisation, theirs))
		if reads, err := s.FundersRead(ctx, session.Account.ID); err != nil || len(reads) != 1 || reads[0].ID != ours {
			t.Errorf("afterwards reads for %+v, %v", reads, err)
		}
	})
}
