package web_test

import (
	"testing"

	"example.org/inloop/web"
)

// A name may be written the other way, and hold what turns words around: the
// sentence that it stands in reads as before.
func TestSay_ANameTurnsNothingAround(t *testing.T) {
	t.Parallel()
	texts, err := web.NewTranslations()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ lang, who, want string }{
		{"nl", "Anna", "Nu binnen: Anna"},
		{"nl", "فاطمة", "Nu binnen: \u2068فاطمة\u2069"},
		{"nl", "Anna \u202egnaG", "Nu binnen: Anna gnaG"},
		{"nl", "\u2068فاطمة\u2069\u2069\u202e", "Nu binnen: \u2068فاطمة\u2069"},
		{"nl", "Weg: \u2068فاطمة\u2069.", "Nu binnen: Weg: \u2068فاطمة\u2069."}, // a sentence of ours
		{"nl", "\u2068\u2068Anna", "Nu binnen: \u2068\u2068Anna\u2069\u2069"},
		{"nl", "Anna (אנה)", "Nu binnen: \u2068Anna (אנה)\u2069"},
		{"tr", "أحمد 3", "Şimdi içeride: \u2068أحمد 3\u2069"},
	} {
		if got := texts.In(c.lang).Say("desk.did.in", "Who", c.who); got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.lang, c.who, got, c.want)
		}
	}
	if got := texts.In("ar").Say("desk.did.in", "Who", "Anna"); got != texts.In("ar").Say("desk.did.in", "Who", "\u2068Anna") || got == texts.In("ar").Say("desk.did.in", "Who", "") {
		t.Errorf("ar: %q", got)
	}
	if got := texts.In("ar").Say("desk.people.since", "Time", "14:05"); got != texts.In("ar").T("desk.people.since", map[string]any{"Time": "14:05"}) {
		t.Errorf("ar: %q", got)
	}
}
