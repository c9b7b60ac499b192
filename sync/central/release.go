package central

import (
	"context"
	"fmt"
)

// Released is what one organisation released, as an account may see it.
type Released struct {
	Organisation     int64
	OrganisationName string
	Funders          []Funder // that the account reads for; for a coordinator all
}

// Releases returns what may be read of releases: of its own organisation by a
// coordinator, of each that invited it by a funder's reader.
func (o *Centre) Releases(ctx context.Context, a Account) ([]Released, error) {
	if a.Role == RoleCoordinator {
		funders, err := o.Funders(ctx, a)
		if err != nil {
			return nil, err
		}
		return []Released{{Organisation: a.Organisation, OrganisationName: a.OrganisationName, Funders: funders}}, nil
	}
	funders, err := o.funders.FundersRead(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("find what is read: %w", err)
	}
	var all []Released
	for _, f := range funders {
		if n := len(all); n == 0 || all[n-1].Organisation != f.Organisation {
			all = append(all, Released{Organisation: f.Organisation, OrganisationName: f.OrganisationName})
		}
		all[len(all)-1].Funders = append(all[len(all)-1].Funders, f)
	}
	return all, nil
}
