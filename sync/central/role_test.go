package central_test

import (
	"errors"
	"reflect"
	"testing"

	"example.org/inloop/sync/central"
)

// readers is what a funder's reader may ask of the centre, each with why.
var readers = map[string]string{
	"ChangePassword": "its own",
	"Releases":       "what was released to it",
	"Release":        "likewise",
}

// TestRoles_AReaderIsRefusedByEveryMethod finds the methods that take an account, also
// those that are yet to be written, and calls each as a funder's reader.
func TestRoles_AReaderIsRefusedByEveryMethod(t *testing.T) {
	s := newServer(t)
	of, n := reflect.ValueOf(s.Centre), 0
	for i := range of.NumMethod() {
		name, method := of.Type().Method(i).Name, of.Method(i)
		kind := method.Type()
		if kind.NumIn() < 2 || kind.In(1) != reflect.TypeFor[central.Account]() {
			continue
		}
		n++
		if readers[name] != "" {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(central.Account{ID: 1, Organisation: 1, Role: central.RoleFunder})}
		for j := 2; j < kind.NumIn(); j++ {
			args = append(args, reflect.Zero(kind.In(j)))
		}
		answer := method.Call(args)
		if err, _ := answer[len(answer)-1].Interface().(error); !errors.Is(err, central.ErrRole) {
			t.Errorf("%s: %v, want ErrRole", name, err)
		}
	}
	if n < 10 {
		t.Errorf("%d methods take an account: the test finds too few", n)
	}
}

func TestReaders_SignInAndReadForTheirOrganisations(t *testing.T) {
	s := newServer(t)
	ctx := t.Context()
	a, b := s.coordinator(t, "Een", "nadia@een.example"), s.coordinator(t, "Twee", "sanne@twee.example")
	invite := func(a central.Account) string {
		t.Helper()
		id, err := s.SaveFunder(ctx, a, central.Funder{Name: " Gemeente ", Whole: true})
		must(t, err)
		link, err := s.InviteReader(ctx, a, id, "Kim@Stad.example")
		must(t, err)
		return link
	}
	_, err := s.AcceptReader(ctx, invite(a), "kort", "")
	if refused := (*central.PasswordError)(nil); !errors.As(err, &refused) {
		t.Errorf("a short password: %v", err)
	}
	funders, err := s.Funders(ctx, a)
	must(t, err)
	link, err := s.InviteReader(ctx, a, funders[0].ID, "kim@stad.example")
	must(t, err)
	session, err := s.AcceptReader(ctx, link, password, "")
	must(t, err)
	kim, err := s.Session(ctx, session)
	if err != nil || kim.Role != central.RoleFunder {
		t.Fatalf("signed in as %+v, %v", kim, err)
	}
	second := invite(b)
	in, err := s.ReaderInvitation(ctx, second)
	if err != nil || !in.Known || in.FunderName != "Gemeente" {
		t.Errorf("invited to %+v, %v", in, err)
	}
	_, err = s.AcceptReader(ctx, second, "een ander wachtwoord", "")
	wantError(t, "another password", err, central.ErrCredentials)
	_, err = s.AcceptReader(ctx, second, password, "")
	must(t, err)
	all, err := s.Releases(ctx, kim)
	if err != nil || len(all) != 2 || all[0].OrganisationName != "Een" || all[1].OrganisationName != "Twee" || len(all[1].Funders) != 1 {
		t.Errorf("reads of %+v, %v", all, err)
	}
	_, err = s.InviteReader(ctx, a, funders[0].ID, "sanne@twee.example")
	wantError(t, "a coordinator as reader", err, central.ErrTaken)
	_, err = s.NewInvitation(ctx, "Een", "kim@stad.example")
	wantError(t, "a reader as coordinator", err, central.ErrTaken)
	_, err = s.Funder(ctx, b, funders[0].ID)
	wantError(t, "another's funder", err, central.ErrNotFound)
}
