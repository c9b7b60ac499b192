package web

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/inloop/kiosk"
)

func TestSignPicture_EveryOneIsDrawnAndCleanForThePolicy(t *testing.T) {
	seen := map[string]string{}
	for _, p := range kiosk.Pictures() {
		svg := string(SignPicture(p))
		if other, twice := seen[svg]; svg == "" || twice {
			t.Errorf("%s: no drawing of its own (%q)", p, other)
		}
		seen[svg] = p
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			if e, ok := token.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
						t.Errorf("%s: attribute %s would be blocked", p, a.Name.Local)
					}
				}
			}
		}
	}
	if got := SignPicture("../icons/x"); got != "" {
		t.Errorf("a key that is no picture drew %q", got)
	}
	if got := Icon("no-such-icon"); got != "" {
		t.Errorf("an unknown icon drew %q", got)
	}
}

func TestAssets_TypesAndNoFolders(t *testing.T) {
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		Assets().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for path, want := range map[string]string{
		"/assets/tokens.css":                    "text/css; charset=utf-8",
		"/assets/base.css":                      "text/css; charset=utf-8",
		"/assets/live.js":                       "text/javascript; charset=utf-8",
		"/assets/signs/tulip.svg":               "image/svg+xml",
		"/assets/fonts/noto-arabic-400.woff2":   "font/woff2",
		"/assets/fonts/noto-arabic-licence.txt": "text/plain; charset=utf-8",
	} {
		if w := get(path); w.Code != http.StatusOK || w.Header().Get("Content-Type") != want {
			t.Errorf("%s: got %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{"/assets/", "/assets/fonts/", "/assets/none.css", "/assets/../doc.go", "/assets/fonts"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, w.Code)
		}
	}
}

// sight is how a colour reaches an eye, as a matrix on linear RGB: Machado,
// Oliveira and Fernandes 2009, table 1, severity 1.
var sight = map[string][3][3]float64{
	"full":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func TestColours_ToldApartByEveryEye(t *testing.T) {
	grounds := signColours(t)
	if len(grounds) != len(kiosk.SignColours()) {
		t.Fatalf("tokens.css has %d sign colours, want %d", len(grounds), len(kiosk.SignColours()))
	}
	for eye, m := range sight {
		for i, a := range kiosk.SignColours() {
			for _, b := range kiosk.SignColours()[i+1:] {
				// Twenty is ten times what is just noticed (CIE 1976).
				if d := distance(seen(m, grounds[a]), seen(m, grounds[b])); d < 20 {
					t.Errorf("%s: %s and %s are only %.0f apart", eye, a, b, d)
				}
			}
		}
	}
}

// signColours reads the grounds of the signs from tokens.css as linear RGB.
func signColours(t *testing.T) map[string][3]float64 {
	t.Helper()
	css, err := fs.ReadFile(assets, "assets/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][3]float64{}
	rule := regexp.MustCompile(`--sign-(\w+): #([0-9a-f]{6});`)
	for _, m := range rule.FindAllStringSubmatch(string(css), -1) {
		rgb, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		var c [3]float64
		for i := range c {
			v := float64(rgb>>(16-8*i)&0xff) / 255
			if v <= 0.04045 {
				c[i] = v / 12.92
			} else {
				c[i] = math.Pow((v+0.055)/1.055, 2.4)
			}
		}
		found[m[1]] = c
	}
	return found
}

func seen(m [3][3]float64, c [3]float64) [3]float64 {
	var out [3]float64
	for i := range out {
		out[i] = min(1, max(0, m[i][0]*c[0]+m[i][1]*c[1]+m[i][2]*c[2]))
	}
	return out
}

// distance is CIE 1976 ΔE of two linear sRGB colours under D65.
func distance(a, b [3]float64) float64 {
	la, lb := lab(a), lab(b)
	return math.Hypot(math.Hypot(la[0]-lb[0], la[1]-lb[1]), la[2]-lb[2])
}

func lab(c [3]float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]) / 0.95047)
	y := f(0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2])
	z := f((0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// A drawing without a sign is never shown, and a sign without one is a hole.
func TestSignPicture_TheRoomOffersWhatIsDrawn(t *testing.T) {
	offered := kiosk.Pictures()
	slices.Sort(offered)
	if drawn := pictures(); !slices.Equal(drawn, offered) {
		t.Errorf("drawn are %v, rooms offer %v", drawn, offered)
	}
	for _, key := range []string{"", "dragon", "../icons/home", "licence"} {
		if got := SignPicture(key); got != "" {
			t.Errorf("%q draws %s", key, got)
		}
	}
}
