package central

import "fmt"

// Role is what an account may do, as it is stored.
type Role string

// The roles of accounts.
const (
	RoleCoordinator Role = "coordinator" // everything of one organisation
	RoleFunder      Role = "funder"      // reads what was released to it, of each organisation that invited it
)

// coordinates returns ErrRole unless the account is a coordinator's. Each method
// that shows or changes more than a release begins with it, so that no page can
// forget to ask.
func (a Account) coordinates() error {
	if a.Role != RoleCoordinator {
		return fmt.Errorf("%w: %s", ErrRole, a.Role)
	}
	return nil
}
