package wire

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.org/inloop/sync/count"
)

// protocol returns the text of doc.go.
func protocol(t *testing.T) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	return f.Doc.Text()
}

// example is one worked exchange: the lines under each of its headings.
type example map[string][]string

func (e example) text(heading, glue string) string { return strings.Join(e[heading], glue) }

func (e example) header(t *testing.T, heading string) http.Header {
	t.Helper()
	h := http.Header{}
	for _, line := range e[heading] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || h.Get(name) != "" {
			t.Fatalf("%s: %q is no header, or a second", heading, line)
		}
		h.Set(name, value)
	}
	return h
}

// workedExamples reads the keys and the exchanges from doc.go.
func workedExamples(t *testing.T) (keys map[string][]byte, examples []example) {
	t.Helper()
	_, text, ok := strings.Cut(protocol(t), "# Worked examples\n")
	if !ok {
		t.Fatal("doc.go has no worked examples")
	}
	keys = map[string][]byte{}
	keyLine := regexp.MustCompile(`^\t(\w+ (?:seed|public key|fingerprint)) +([0-9a-f]+)$`)
	heading := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := keyLine.FindStringSubmatch(line); m != nil {
			b, err := hex.DecodeString(m[2])
			if err != nil {
				t.Fatalf("%s: %v", m[1], err)
			}
			keys[m[1]] = b
			continue
		}
		content, indented := strings.CutPrefix(line, "\t")
		if !indented {
			continue
		}
		if under, ok := strings.CutPrefix(content, "  "); ok {
			e := examples[len(examples)-1]
			e[heading] = append(e[heading], under)
			continue
		}
		if heading = content; heading == "request line" {
			examples = append(examples, example{})
		}
	}
	return keys, examples
}

func TestDoc_WorkedExamplesAreTrue(t *testing.T) {
	keys, examples := workedExamples(t)
	kiosk, server := ed25519.NewKeyFromSeed(keys["kiosk seed"]), ed25519.NewKeyFromSeed(keys["server seed"])
	kioskKey, serverKey := kiosk.Public().(ed25519.PublicKey), server.Public().(ed25519.PublicKey)
	if !kioskKey.Equal(ed25519.PublicKey(keys["kiosk public key"])) || !serverKey.Equal(ed25519.PublicKey(keys["server public key"])) {
		t.Error("a public key is not that of its seed")
	}
	if got, want := hex.EncodeToString(keys["kiosk fingerprint"]), Fingerprint(kioskKey); got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
	if len(examples) != 2 {
		t.Fatalf("%d examples, want 2", len(examples))
	}
	for i, path := range []string{SyncPath, PairPath} {
		e := examples[i]
		if got, want := e.text("request line", ""), "POST "+path+" HTTP/1.1"; got != want {
			t.Errorf("request line %q, want %q", got, want)
		}
		body := []byte(e.text("request body", ""))
		h := e.header(t, "request headers")
		envelope := Envelope{http.MethodPost, path, h.Get(HeaderKiosk), h.Get(HeaderKey), h.Get(HeaderNonce)}
		if err := envelope.Verify(kioskKey, body, h.Get(HeaderSignature)); err != nil {
			t.Errorf("%s request: %v", path, err)
		}
		signed := envelope.Bytes(body)
		if got := e.text("request bytes signed", "\n") + "\n"; got != string(signed) {
			t.Errorf("%s request: signed bytes\n%swant\n%s", path, got, signed)
		}
		again := http.Header{}
		envelope.Sign(again, kiosk, body)
		if got, want := h.Get(HeaderSignature), again.Get(HeaderSignature); got != want {
			t.Errorf("%s request: signature %s, want %s", path, got, want)
		}

		status, err := strconv.Atoi(e.text("answer status", ""))
		if err != nil {
			t.Fatal(err)
		}
		answer := []byte(e.text("answer body", ""))
		if got, want := e.text("answer bytes signed", "\n")+"\n", string(AnswerBytes(status, signed, answer)); got != want {
			t.Errorf("%s answer: signed bytes\n%swant\n%s", path, got, want)
		}
		said := http.Header{}
		SignAnswer(said, server, status, signed, answer)
		if got, want := e.header(t, "answer headers").Get(HeaderSignature), said.Get(HeaderSignature); got != want {
			t.Errorf("%s answer: signature %s, want %s", path, got, want)
		}
	}
	checkSyncExample(t, examples[0])
	checkPairExample(t, examples[1], kioskKey, serverKey)
}

func checkSyncExample(t *testing.T, e example) {
	t.Helper()
	request, err := Decode[Request]([]byte(e.text("request body", "")))
	if err != nil {
		t.Fatal(err)
	}
	if err := request.Check(); err != nil {
		t.Error(err)
	}
	answer, err := Decode[Answer]([]byte(e.text("answer body", "")))
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Check(len(request.Cells)); err != nil {
		t.Error(err)
	}
	for i, c := range request.Cells {
		refused := c.Check(count.Standard(), request.Epoch.Ordinal) != nil && !c.Retired(request.Version, count.Standard())
		if refused != (answer.Results[i].Status == StatusRejected) {
			t.Errorf("cell %d: refused %t, answered %q", i, refused, answer.Results[i].Status)
		}
	}
}

func checkPairExample(t *testing.T, e example, kiosk, server ed25519.PublicKey) {
	t.Helper()
	request, err := Decode[PairRequest]([]byte(e.text("request body", "")))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Decode[PairAnswer]([]byte(e.text("answer body", "")))
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Check(); err != nil {
		t.Error(err)
	}
	if request.PublicKey != base64.StdEncoding.EncodeToString(kiosk) || answer.ServerKey != base64.StdEncoding.EncodeToString(server) {
		t.Error("the example pairs other keys than its own")
	}
}

// TestDoc_TablesAreTrue compares what doc.go tells of measures, codes, reasons,
// refusals and limits with the code.
func TestDoc_TablesAreTrue(t *testing.T) {
	text := protocol(t)
	var want []string
	names := map[count.PeriodKind]string{count.PeriodDay: "day", count.PeriodMonth: "month", count.PeriodQuarter: "quarter", count.PeriodYear: "year"}
	for _, d := range count.Standard().All() {
		if !d.Counted() {
			continue
		}
		parts, periods := "no", make([]string, len(d.Periods))
		for i, kind := range d.Periods {
			periods[i] = names[kind]
		}
		if d.ByPart {
			parts = "yes"
		}
		over := strings.Join(periods, ", ")
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^\t%s +%c +%s +%s( {3,}.*)?$`, d.Measure, d.Class, parts, over)).MatchString(text) {
			t.Errorf("sync/wire/doc.go: want in its table of measures the line\n//\t%-14s %-6c %-8s %s", d.Measure, d.Class, parts, over)
		}
	}
	for _, c := range Codes() {
		want = append(want, fmt.Sprintf(`(?m)^\t%s  +\S`, c))
	}
	for _, c := range []RefusalCode{RefusalMalformed, RefusalUnsigned, RefusalRevoked, RefusalForked, RefusalTooLarge, RefusalWrongSchema, RefusalBusy, RefusalUnavailable} {
		want = append(want, fmt.Sprintf(`(?m)^\t%d +%s  +\S`, c.Status(), c))
	}
	for _, r := range Reasons(Version) {
		want = append(want, `[ \n]`+regexp.QuoteMeta(r)+`[ ,.]`)
	}
	for _, n := range []int{MaxRows, MaxHealth, MaxBody, MaxAnswer, MaxCount, MaxEpoch, MaxInterval} {
		want = append(want, fmt.Sprintf(`\b%d\b`, n))
	}
	for _, pattern := range want {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("doc.go has nothing like %s", pattern)
		}
	}
}
