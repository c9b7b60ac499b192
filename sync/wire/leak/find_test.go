package leak

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

var (
	card = []byte{0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6}
	name = "Ayşe Yıldız"
)

func TestFind_EveryEncoding(t *testing.T) {
	packed := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = w.Write(b)
		_ = w.Close()
		return out.Bytes()
	}
	deflated := func(b []byte) []byte {
		var out bytes.Buffer
		w := zlib.NewWriter(&out)
		_, _ = w.Write(b)
		_ = w.Close()
		return out.Bytes()
	}
	quoted := func(s string) []byte { b, _ := json.Marshal(s); return b }
	backwards := []byte{0xf6, 0xe5, 0xd4, 0xc3, 0xb2, 0xa1, 0x04}
	tests := map[string][]byte{
		"the name":                       []byte(name),
		"the name in JSON":               quoted(name),
		"the name in a URL":              []byte(url.QueryEscape(name)),
		"the name in a path":             []byte(url.PathEscape(name)),
		"the name in ASCII JSON":         []byte(`"Ay\u015Fe Y\u0131ld\u0131z"`),
		"the name in hex":                []byte(hex.EncodeToString([]byte(name))),
		"the name in base64":             []byte(base64.StdEncoding.EncodeToString([]byte("who=" + name + "&"))),
		"the name in base64 of a URL":    []byte(base64.URLEncoding.EncodeToString([]byte("xx" + name))),
		"the name in UTF-16":             []byte("\x00A\x00y\x01\x5f\x00e\x00 \x00Y\x01\x31\x00l\x00d\x01\x31\x00z"),
		"the name in UTF-16, low first":  []byte("A\x00y\x00\x5f\x01e\x00 \x00Y\x00\x31\x01l\x00d\x00\x31\x01z\x00"),
		"the name in gzip":               packed([]byte("a name: " + name)),
		"the name in zlib":               deflated([]byte("a name: " + name)),
		"the name in base64 of gzip":     []byte(base64.StdEncoding.EncodeToString(packed([]byte(name)))),
		"the name in gzip of base64":     packed([]byte(base64.StdEncoding.EncodeToString([]byte(name)))),
		"the card":                       card,
		"the card in hex":                []byte("04a1b2c3d4e5f6"),
		"the card in capitals":           []byte("04A1B2C3D4E5F6"),
		"the card with colons":           []byte("04:A1:B2:C3:D4:E5:F6"),
		"the card with blanks":           []byte("04 a1 b2 c3 d4 e5 f6"),
		"the card reversed":              backwards,
		"the card reversed, in hex":      []byte("F6E5D4C3B2A104"),
		"the card in decimal":            []byte("1303689068602870"),
		"the card as numbers":            []byte("[4,161,178,195,212,229,246]"),
		"the card percent-encoded":       []byte("%04%a1%b2%c3%d4%e5%f6"),
		"the card in base32":             []byte(base32.StdEncoding.EncodeToString(append([]byte("uid"), card...))),
		"the card reversed, in base64":   []byte(base64.RawURLEncoding.EncodeToString(append([]byte("u"), backwards...))),
		"the card in base64, 0 before":   []byte(base64.StdEncoding.EncodeToString(append([]byte(""), card...))),
		"the card in base64, 1 before":   []byte(base64.StdEncoding.EncodeToString(append([]byte("u"), card...))),
		"the card in base64, 2 before":   []byte(base64.StdEncoding.EncodeToString(append([]byte("ui"), card...))),
		"the card in hex, within base64": []byte(base64.StdEncoding.EncodeToString([]byte("uid=04a1b2c3d4e5f6"))),
	}
	tests["the name in small letters"] = []byte("ayşe yıldız")
	tests["the name in capitals"] = []byte("AYŞE YILDIZ")
	secrets := map[string][]byte{"name": []byte(name), "card": card}
	for what, hidden := range tests {
		traffic := append(append([]byte("POST /v1/sync HTTP/1.1\r\n\r\n{\"x\":\""), hidden...), "\"}\r\n"...)
		want, _, _ := strings.Cut(strings.TrimPrefix(what, "the "), " ")
		found := Find(traffic, secrets)
		if len(found) == 0 {
			t.Errorf("%s was not found", what)
		}
		for _, f := range found {
			if !strings.HasPrefix(f, want+" as ") {
				t.Errorf("%s: found %q", what, f)
			}
		}
	}
}

func TestFind_NothingInWhatHoldsNothing(t *testing.T) {
	var traffic bytes.Buffer
	for i := range 200 {
		sum := sha512.Sum512([]byte{byte(i), byte(i >> 8)}) // random bytes, as signatures are
		fmt.Fprintf(&traffic, "%s %x\n", base64.StdEncoding.EncodeToString(sum[:]), sum)
		fmt.Fprintf(&traffic, `{"period":"2026-11-%02d","measure":"badge_visits","part":"middag","n":%d,"rev":%d}`, i%30+1, i, i*7)
	}
	if found := Find(traffic.Bytes(), map[string][]byte{"name": []byte(name), "card": card, "short card": {0x9b, 0x1c, 0x77, 0x5e}}); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

func TestRecorder_KeepsBothWays(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil || string(b) != "the question" {
			t.Errorf("the server read %q, %v", b, err)
		}
		w.Header().Set("Their-Header", "their value")
		_, _ = io.WriteString(w, "the answer")
	}))
	defer s.Close()
	r := &Recorder{Network: s.Client().Transport}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/their/path?query=1", strings.NewReader("the question"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Our-Header", "our value")
	answer, err := (&http.Client{Transport: r}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(answer.Body); err != nil || string(b) != "the answer" {
		t.Errorf("the client read %q, %v", b, err)
	}
	_ = answer.Body.Close()
	for _, want := range []string{"/their/path?query=1", "our value", "the question", "their value", "the answer"} {
		if !bytes.Contains(r.Bytes(), []byte(want)) {
			t.Errorf("%q is not in the record", want)
		}
	}
}
