package desk

import (
	"errors"
	"net/http"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// errForm is returned for a form that is not one of ours: an unknown field, a
// field twice, a value that no page offers.
var errForm = errors.New("form not understood")

// errSignedOut is returned for an action without a session.
var errSignedOut = errors.New("no volunteer at the desk")

// refusal is what a page says and answers when something cannot be done.
type refusal struct {
	err    error
	status int
	text   string // id in the translations
}

// refusals turns errors into answers; what is not here was not kept, and the
// page sends the volunteer to the paper list.
func refusals() []refusal {
	return []refusal{
		{errForm, http.StatusBadRequest, "desk.refused.form"},
		{errSignedOut, http.StatusForbidden, "desk.refused.signedout"},
		{errNotShown, http.StatusForbidden, "desk.refused.notshown"},
		{errNoStick, http.StatusUnprocessableEntity, "desk.refused.nostick"},
		{errSharedStick, http.StatusUnprocessableEntity, "desk.refused.sharedstick"},
		{errStick, http.StatusInternalServerError, "desk.refused.stick"},
		{kiosk.ErrNoDay, http.StatusUnprocessableEntity, "desk.refused.noday"},
		{kiosk.ErrNotFound, http.StatusNotFound, "desk.refused.gone"},
		{kiosk.ErrAlready, http.StatusConflict, "desk.refused.already"},
		{kiosk.ErrSignTaken, http.StatusConflict, "desk.refused.signtaken"},
		{kiosk.ErrUndone, http.StatusConflict, "desk.refused.undone"},
		{attendancelist.ErrBusy, http.StatusConflict, "desk.refused.busy"},
		{kiosk.ErrFuture, http.StatusUnprocessableEntity, "desk.refused.future"},
		{kiosk.ErrPast, http.StatusUnprocessableEntity, "desk.refused.past"},
		{kiosk.ErrNotYet, http.StatusUnprocessableEntity, "desk.refused.notyet"},
		{kiosk.ErrTooOld, http.StatusUnprocessableEntity, "desk.refused.tooold"},
		{kiosk.ErrClosingAnswers, http.StatusUnprocessableEntity, "desk.refused.closing"},
		{kiosk.ErrSettled, http.StatusConflict, "desk.refused.settled"},
		{kiosk.ErrName, http.StatusUnprocessableEntity, "desk.refused.name"},
		{kiosk.ErrPINOnBadge, http.StatusUnprocessableEntity, "desk.refused.badgepin"},
		{kiosk.ErrWeakPIN, http.StatusUnprocessableEntity, "desk.refused.weakpin"},
		{kiosk.ErrOneTimeCode, http.StatusForbidden, "desk.refused.code"},
		{kiosk.ErrNoPIN, http.StatusForbidden, "desk.refused.nopin"},
		{kiosk.ErrSign, http.StatusBadRequest, "desk.refused.form"},
		{kiosk.ErrLanguage, http.StatusBadRequest, "desk.refused.form"},
		{kiosk.ErrIntake, http.StatusBadRequest, "desk.refused.form"},
		{count.ErrDay, http.StatusBadRequest, "desk.refused.form"},
	}
}

// refuse finds status and words for err; known is false when it is a fault of
// ours, which is red and wants a line in the log.
func refuse(t web.Localizer, err error) (status int, words string, known bool) {
	if wrong := new(kiosk.SlipError); errors.As(err, &wrong) {
		return http.StatusUnprocessableEntity, slipWords(t, wrong), true
	}
	if wrong := new(kiosk.PINError); errors.As(err, &wrong) {
		return http.StatusForbidden, pinWords(t, wrong), true
	}
	for _, r := range refusals() {
		if errors.Is(err, r.err) {
			return r.status, t.T(r.text, nil), true
		}
	}
	return http.StatusInternalServerError, t.T("desk.refused.unsaved", nil), false
}

// pinWords says how long to wait, or how many tries are left.
func pinWords(t web.Localizer, e *kiosk.PINError) string {
	switch {
	case e.Wait > 90*time.Second:
		return t.N("desk.pin.minutes", int((e.Wait+time.Minute-1)/time.Minute), nil)
	case e.Wait > 0:
		return t.N("desk.pin.seconds", int((e.Wait+time.Second-1)/time.Second), nil)
	default:
		return t.N("desk.pin.left", e.Left, nil)
	}
}
