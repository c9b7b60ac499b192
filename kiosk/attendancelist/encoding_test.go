package attendancelist_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"example.org/inloop/kiosk/attendancelist"
)

// TestParse_EncodingsOfNames reads the same names as programs of Windows, a Mac and DOS
// write them. The files were made by other software than ours.
func TestParse_EncodingsOfNames(t *testing.T) {
	names := map[string][]string{
		"turkish": {"Ayşe Yıldız", "Çağla Şahin", "İbrahim Öztürk"},
		"dutch":   {"Renée de Vries", "Zoë Çelik", "Jörg Müller"},
		"polish":  {"Łukasz Wiśniewski", "Agnieszka Żak", "Zoë Čapková"},
	}
	files, err := filepath.Glob("testdata/letters/*.csv")
	if err != nil || len(files) != 9 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		people, encoding, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".csv"), ".")
		rows, how, err := attendancelist.Hints{}.Parse(bytes.NewReader(text), today)
		var got []string
		for _, row := range rows {
			got = append(got, row.Person)
		}
		if err != nil || !slices.Equal(got, names[people]) || how != (attendancelist.Reading{Text: attendancelist.Encoding(encoding), Comma: ';'}) {
			t.Errorf("%s: %q as %+v (%v)", file, got, how, err)
		}
	}
}

// TestParse_LettersThatMayBeSeveral are asked about, each with what it would read, and
// read as their owner says.
func TestParse_LettersThatMayBeSeveral(t *testing.T) {
	for _, tt := range []struct {
		name, label string
		asks        string // "" where it is told
		as          map[string]string
	}{
		{"g and s of Turkish", "A\xfee Da\xf0", "", map[string]string{"": "Aşe Dağ"}},
		{"only a dotless i", "Ayd\xfdn", "windows-1254 (ı), windows-1252 (ý)", map[string]string{"windows-1254": "Aydın", "Windows-1252": "Aydýn"}},
		{"Turkish or Icelandic", "Gu\xf0r\xfan", "windows-1254 (ğ), windows-1252 (ð)", map[string]string{"windows-1252": "Guðrún"}},
		{"a Croatian z beside", "\xdeiva \x9eena", "", map[string]string{"": "Þiva žena"}},
		{"a Mac's o or a Windows s", "J\x9arg", "windows-1252 (š), macintosh (ö)", map[string]string{"macintosh": "Jörg", "windows-1252": "Jšrg"}},
		{"a Mac's e or one of DOS", "Zo\x89 R", "macintosh (â), ibm850 (ë)", map[string]string{"ibm850": "Zoë R"}},
		{"capitals", "JOS\xc9 \xd6ZT\xdcRK", "", map[string]string{"": "JOSÉ ÖZTÜRK"}},
		{"capitals of a Mac", "ZO\xe8 REN\x83E", "", map[string]string{"": "ZOË RENÉE"}},
		{"an apostrophe alone", "van \x92t Hof", "", map[string]string{"": "van ’t Hof"}},
		{"words of a quotation", "\x93Jos\xe9\x94 \x96 x", "", map[string]string{"": "“José” – x"}},
		{"Cyrillic", "\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2", "*", map[string]string{"windows-1251": "Иван Петров"}},
		{"Arabic", "\xe3\xcd\xe3\xcf", "unknowntext", map[string]string{"windows-1256": "محمد"}},
	} {
		list := "naam,datum,dagdeel\n" + tt.label + ",2026-05-25,avond\n"
		_, _, err := attendancelist.Hints{}.Parse(strings.NewReader(list), today)
		switch {
		case tt.asks == "" && err != nil, tt.asks != "" && !errors.Is(err, attendancelist.ErrList):
			t.Errorf("%s: %v", tt.name, err)
		case tt.asks == "*": // whatever it asks, it takes nothing
		case tt.asks != "" && (!strings.Contains(err.Error(), tt.asks) || !strings.Contains(err.Error(), "line 2, column 1")):
			t.Errorf("%s: %v, want it to ask for %s", tt.name, err, tt.asks)
		}
		for said, want := range tt.as {
			text, err := attendancelist.ParseEncoding(said)
			if err != nil {
				t.Fatal(err)
			}
			rows, how, err := attendancelist.Hints{Text: text}.Parse(strings.NewReader(list), today)
			if err != nil || rows[0].Person != want || said != "" && how.Text != text {
				t.Errorf("%s, %q: %+v as %+v (%v), want %q", tt.name, said, rows, how, err, want)
			}
		}
	}
	for _, off := range []string{"utf8", "utf-8", "turkish", "windows1254", "x"} {
		if e, err := attendancelist.ParseEncoding(off); !errors.Is(err, attendancelist.ErrEncoding) {
			t.Errorf("%q is taken as %q (%v)", off, e, err)
		}
	}
}

// TestParse_WesternNamesAreNeverAsked: what Dutch spreadsheets hold goes in unasked.
func TestParse_WesternNamesAreNeverAsked(t *testing.T) {
	for _, label := range []string{
		"José", "Zoë", "René", "Anaïs", "Chloé d’Ancona", "Müller", "Jürgen Groß", "Nuñez", "Françoise", "Ångström", "Søren Bjørk",
		"Élise", "élise", "ÉLISE VAN ’T HÖF", "Saša Müller", "Ilse – José", "Žana José", "Noël’s moeder", "João", "Tomás Peña", "Señora (oma)",
		"“Bé” de Wit", "Ægir", "Œuvre é", "Zoë…", "¿José?", "50 € José", "à",
	} {
		text, err := charmap.Windows1252.NewEncoder().String("naam,datum,dagdeel\n\"" + label + "\",2026-05-25,avond\n")
		if err != nil {
			t.Fatal(label, err)
		}
		rows, how, err := attendancelist.Hints{}.Parse(strings.NewReader(text), today)
		if err != nil || rows[0].Person != label || how.Text != attendancelist.EncodingWestern {
			t.Errorf("%s: %+v as %+v (%v)", label, rows, how, err)
		}
	}
}
