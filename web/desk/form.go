package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// formLimit is far above the largest form of ours, in bytes.
const formLimit = 4 << 10

// request is one question to the desk with all that its handler needs.
type request struct {
	*http.Request
	localizer web.Localizer
	key       key
	session   session
	changes   int64 // how many the desk had seen when it was asked
}

// onceField is the field in which our script puts a random key, so that a form
// which it sends again, because no answer came, is done once.
const onceField = "once"

// form reads the body and returns errForm when it is too large, no form, or
// holds a field that is not among fields or stands there twice. Any form may hold
// onceField.
func (r *request) form(w http.ResponseWriter, fields ...string) error {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	if len(r.URL.RawQuery) > 0 {
		return fmt.Errorf("%w: query on a form", errForm)
	}
	for name, values := range r.PostForm {
		if name == onceField {
			if len(values[0]) != 32 {
				return fmt.Errorf("%w: a key of %d characters", errForm, len(values[0]))
			}
		} else if !slices.Contains(fields, name) {
			return fmt.Errorf("%w: unknown field %.30q", errForm, name)
		}
		if len(values) != 1 {
			return fmt.Errorf("%w: field %q twice", errForm, name)
		}
	}
	return nil
}

// number reads a form field that is the number of something.
func (r *request) number(field string) (int64, error) { return whole(r.PostForm.Get(field)) }

// yes reads a field that must be "yes" or "no".
func (r *request) yes(field string) (bool, error) {
	switch r.PostForm.Get(field) {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, fmt.Errorf("%w: %s is neither yes nor no", errForm, field)
}

// path reads a number in the address.
func (r *request) path(name string) (int64, error) { return whole(r.PathValue(name)) }

func whole(s string) (int64, error) {
	n, err := count.ParseNumber(s)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%w: %.20q is no number of ours", errForm, s)
	}
	return n, nil
}

// choice returns the value of a field if it is one of those offered.
func choice[T ~string](value string, offered []T) (T, error) {
	if i := slices.Index(offered, T(value)); i >= 0 {
		return offered[i], nil
	}
	return "", fmt.Errorf("%w: %.20q was not offered", errForm, value)
}
