package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const goodRequest = `{"version":1,"epoch":{"ordinal":1,"id":"505152535455565758595a5b5c5d5e5f"},"seq":1,"token":"",` +
	`"clock":{"time":"2026-11-24T13:05:00Z","trust":2},"lights":[{"part":"disk","colour":"green"}],` +
	`"cells":[{"epoch":1,"period":"2026","measure":"unique","n":null,"rev":1}]}`

func TestDecode(t *testing.T) {
	tests := []struct {
		name     string
		old, new string // what to replace in goodRequest
		ok       bool
	}{
		{"as it should be", "", "", true},
		{"escapes", `"disk"`, `"d\u0069\"\\sk"`, true},
		{"an escaped name", `"seq"`, `"\u0073eq"`, false},
		{"a word for a number", `"seq":1`, `"seq":true`, false},
		{"white space around", `{"version"`, " \n\t{ \"version\"", true},
		{"an unknown field", `"seq":1`, `"seq":1,"name":"Ayse"`, false},
		{"an unknown field deep inside", `"rev":1`, `"rev":1,"uid":"04A1B2C3"`, false},
		{"a name in capitals", `"seq"`, `"SEQ"`, false},
		{"a name twice", `"seq":1`, `"seq":1,"seq":2`, false},
		{"a name twice in capitals", `"seq":1`, `"seq":1,"Seq":2`, false},
		{"a name twice in a cell", `"rev":1`, `"rev":1,"rev":2`, false},
		{"a missing field", `"seq":1,`, ``, false},
		{"a missing field of a cell", `,"rev":1`, ``, false},
		{"n missing, which is not null", `"n":null,`, ``, false},
		{"an optional field", `"n":null`, `"part":"avond","n":null`, true},
		{"null for a number", `"seq":1`, `"seq":null`, false},
		{"null for a list", `"lights":[{"part":"disk","colour":"green"}]`, `"lights":null`, false},
		{"null for an object", `{"time":"2026-11-24T13:05:00Z","trust":2}`, `null`, false},
		{"null for an optional field", `"n":null`, `"part":null,"n":null`, false},
		{"a fraction", `"seq":1`, `"seq":1.5`, false},
		{"a whole fraction", `"seq":1`, `"seq":1.0`, false},
		{"an exponent", `"seq":1`, `"seq":1e3`, false},
		{"a number too large", `"seq":1`, `"seq":9223372036854775808`, false},
		{"a number as text", `"seq":1`, `"seq":"1"`, false},
		{"text as a number", `"token":""`, `"token":5`, false},
		{"an object for a list", `"lights":[{"part":"disk","colour":"green"}]`, `"lights":{}`, false},
		{"a list for a number", `"seq":1`, `"seq":[1]`, false},
		{"a day for a time", `2026-11-24T13:05:00Z`, `2026-11-24`, false},
		{"a time without a zone", `13:05:00Z`, `13:05:00`, false},
		{"a time with an offset", `13:05:00Z`, `14:05:00.25+01:00`, true},
		{"no such day", `2026-11-24T`, `2026-02-30T`, false},
		{"a comma at the end", `"rev":1}]`, `"rev":1},]`, false},
		{"no UTF-8", `"disk"`, "\"di\xff\"", false},
		{"a second value", `"rev":1}]}`, `"rev":1}]}{}`, false},
		{"a bracket too many", `"rev":1}]}`, `"rev":1}]}]`, false},
		{"cut off", `,"rev":1}]}`, ``, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := strings.Replace(goodRequest, tt.old, tt.new, 1)
			if tt.old != "" && body == goodRequest {
				t.Fatalf("nothing like %s to replace", tt.old)
			}
			_, err := Decode[Request]([]byte(body))
			if tt.ok && err != nil {
				t.Errorf("Decode: %v, want nil", err)
			}
			if !tt.ok && !errors.Is(err, ErrMalformed) {
				t.Errorf("Decode: %v, want ErrMalformed", err)
			}
		})
	}
	for _, body := range []string{"", " ", "null", "1", `"x"`, "[]", "{}", "<html>", "{", `{"version"`, strings.Repeat("[", 100_000)} {
		if _, err := Decode[Request]([]byte(body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("Decode(%.20s): %v, want ErrMalformed", body, err)
		}
	}
}

func TestVersionOf(t *testing.T) {
	for body, want := range map[string]int{
		goodRequest: 1, `{"version":2,"name":"new here"}`: 2,
		`{}`: 0, `[]`: 0, ``: 0, `{"version":"1"}`: 0, `{"version":null}`: 0, `{"version":1`: 0,
	} {
		got, err := VersionOf([]byte(body))
		if got != want || (want == 0) != errors.Is(err, ErrMalformed) {
			t.Errorf("VersionOf(%.40s) = %d, %v; want %d", body, got, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(goodRequest))
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`{"version":1,"epoch":{"ordinal":1}}`))
	f.Add([]byte(strings.Replace(goodRequest, `"disk"`, `"\u0064\ud83d\ude00\"\\k\ud800"`, 1)))
	f.Add([]byte(strings.Replace(goodRequest, "13:05:00Z", "13:05:00.123456789-23:59", 1)))
	f.Add([]byte(strings.Replace(goodRequest, `"rev":1}`, `"rev":-0 } , {"rev":9,"n":7,"measure":"","period":"","epoch":-1}`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode[Request](b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		var theirs Request
		if err := json.Unmarshal(b, &theirs); err != nil {
			t.Fatalf("taken, and encoding/json says: %v", err)
		}
		if !reflect.DeepEqual(r, theirs) {
			t.Fatalf("read %+v, and encoding/json reads %+v", r, theirs)
		}
		if r.Check() != nil {
			return
		}
		// What was read can be written and read again, the same.
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		if _, err := Decode[Request](again); err != nil {
			t.Fatalf("decode again: %v\n%s", err, again)
		}
	})
}

// BenchmarkDecode reads a request as large as a kiosk sends, beside what
// encoding/json alone needs, which asks less of it. ratio is that over ours.
func BenchmarkDecode(b *testing.B) {
	const cell = `{"epoch":1,"period":"2026-11-24","measure":"badge_visits","part":"middag","n":12,"rev":34567}`
	body := []byte(strings.Replace(goodRequest, `{"epoch":1,"period"`, strings.Repeat(cell+",", 119)+`{"epoch":1,"period"`, 1))
	b.SetBytes(int64(len(body)))
	var ours, theirs time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, err := Decode[Request](body); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(begin)
		begin = time.Now()
		var r Request
		if err := json.Unmarshal(body, &r); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(begin)
	}
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ns/decode")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(b.N), "json-ns/decode")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
