package desk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/inloop/kiosk/sqlite/pooling"
	"example.org/inloop/sync/pool"
	"example.org/inloop/web/desk/desktest"
)

// A room that is new stands on the first page for two weeks, and a volunteer may set it
// aside, and take that back.
func TestPooled_ANewRoomIsToldAndSetAside(t *testing.T) {
	r := desktest.Open(t)
	south := pool.Peer{Kiosk: "kiosk_z", Room: "Zuid", Identity: pool.Identity{7}}
	_, err := r.Store.HearPool(t.Context(), pooling.Saying{
		Heard: pool.Heard{Organisation: "12"}, Hash: "1", At: r.Clock.Now().Wall, Peers: []pool.Peer{south},
	})
	must(t, err)
	v := newVisitor(t, r).in()
	if body := v.get("/desk").body; !strings.Contains(body, "Zuid telt voortaan mee") {
		t.Error("the first page does not tell of the new room")
	}
	body := v.get("/desk/pooled").body
	for _, want := range []string{"Zuid", "sinds 24 november 2026", "Niet meetellen"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	id := south.Identity.String()
	if ask := v.get("/desk/pooled?room=" + id).body; !strings.Contains(ask, "Telt Zuid niet mee?") {
		t.Error("nothing is asked before a room is set aside")
	}
	if a := v.post("/desk/pooled/room", "room", id, "aside", "yes"); a.status != http.StatusSeeOther {
		t.Fatalf("set aside: %d", a.status)
	}
	if body := v.get("/desk/pooled").body; !strings.Contains(body, "Toch meetellen") || strings.Contains(v.get("/desk").body, "voortaan mee") {
		t.Error("the room is not set aside")
	}
	v.post("/desk/pooled/room", "room", id, "aside", "no")
	if body := v.get("/desk/pooled").body; strings.Contains(body, "Toch meetellen") {
		t.Error("the room is still aside")
	}
	if a := v.get("/desk/pooled?room=00"); a.status != http.StatusNotFound {
		t.Errorf("a room that is none: %d", a.status)
	}
	r.Clock.Pass(15 * 24 * time.Hour)
	v = newVisitor(t, r).in()
	if body := v.get("/desk").body; strings.Contains(body, "voortaan mee") {
		t.Error("after two weeks the first page still tells of the room")
	}
}

func TestPooled_NobodySignedInSeesNothing(t *testing.T) {
	r := desktest.Open(t)
	v := newVisitor(t, r)
	if a := v.get("/desk/pooled"); a.status != http.StatusSeeOther {
		t.Errorf("page: %d", a.status)
	}
	if a := v.post("/desk/pooled/room", "room", "00", "aside", "yes"); a.status == http.StatusSeeOther {
		t.Errorf("set aside: %d", a.status)
	}
}
