package attendancelist_test

import (
	"testing"

	"example.org/inloop/kiosk/attendancelist"
)

// TestFold_WhatPeopleTakeForTheSame: each row is one person, and no two rows are.
func TestFold_WhatPeopleTakeForTheSame(t *testing.T) {
	seen := map[string]string{}
	for _, same := range [][]string{
		{"Anna de Vries", "anna de vries", "ANNA DE VRIES", " Anna  de\tVries ", "Anna\u00a0de\u00a0Vries", "Anna\u202fde\u2009Vries", "Ａｎｎａ ｄｅ Ｖｒｉｅｓ", "An\u00adna de Vries", "Anna\u200b de \u2060Vries", "\u200eAnna de Vries\u200f", "Anna de Vries.", "Anna de Vries…", "\ufeffAnna de Vries", "Anna\u034f de Vries", "An\u3164na de Vries"},
		{"José", "Jose\u0301", "JOSÉ", "JOSE\u0301", "josé..."},
		{"Jose", "JOSE", "ｊｏｓｅ"},
		{"O'Neill", "O’Neill", "O‘Neill", "OʼNeill", "O´Neill", "O`Neill", "o′neill", "O＇Neill"},
		{"Anna-Maria Bos", "Anna–Maria Bos", "Anna—Maria Bos", "Anna‑Maria Bos", "Anna − Maria Bos", "Anna - Maria Bos", "ANNA－MARIA BOS", "Anna‐\u00adMaria Bos"},
		{"Anna Maria Bos"},
		{"Yıldız", "YILDIZ", "Yildiz", "yildiz", "YİLDİZ", "Y\u0131ld\u0131z", "YI\u0307LDIZ"},
		{"İbrahim", "Ibrahim", "ibrahim", "ıbrahim", "I\u0307brahim"},
		{"Groß", "GROSS", "Gross", "GROẞ"},
		{"Ελένη Παππάς", "ελένη παππάσ"},
		{"label 7", "Label ７", "LABEL 7."},
		{"label 77", "Label ７７"},
		{"A. de Boer", "A de Boer", "a. DE boer."},
		{"A.B. de Boer", "a.b de boer"},
		{"محمد", "محمــد", "\u200fمحمد", "محمد\u200d", "ﻣﺤﻤﺪ"},
		{"علیرضا", "علی\u200cرضا"},
		{"علی رضا"},
		{"ﬁona", "Fiona", "FIONA"},
		{"é", "É", "e\u0301"},
		{"e"},
		{"ñ", "n\u0303"},
	} {
		want := attendancelist.Fold(same[0])
		if other, taken := seen[want]; taken {
			t.Errorf("%q and %q are one person: %q", same[0], other, want)
		}
		seen[want] = same[0]
		for _, label := range same {
			if got := attendancelist.Fold(label); got != want {
				t.Errorf("%+q is compared as %+q, want %+q as %q is", label, got, want, same[0])
			}
		}
	}
}

// TestLabel_IsShownAsTyped: what joins letters, and where capitals stand, stays.
func TestLabel_IsShownAsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"  ANNA   de Vries. ": "ANNA de Vries.", "علی\u200cرضا": "علی\u200cرضا", "Jose\u0301": "José", "O’Neill": "O’Neill", "Yıldız": "Yıldız",
	} {
		if got := attendancelist.Label(typed); got != want {
			t.Errorf("%+q is shown as %+q, want %+q", typed, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"Anna - B.", "İı", "ﬁ…", "´x", "\u3164", "a\u0301\u0307", ". - ."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, label string) {
		once := attendancelist.Fold(label)
		if twice := attendancelist.Fold(once); twice != once {
			t.Errorf("%+q is %+q and then %+q", label, once, twice)
		}
	})
}
