package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/inloop/sync/count"
)

// bounds lists every string that a message can hold, with what bounds it. A
// new string field fails TestSchema until somebody has thought of its bound.
var bounds = map[string]string{
	"Request.epoch.id":        "epochIDPattern, by Request.Check",
	"Request.token":           "tokenPattern, by Request.Check: made by the centre",
	"Request.lights[].part":   "healthParts, by Health.Check",
	"Request.lights[].colour": "healthLevels, by Health.Check",
	"Request.lights[].reason": "Reasons, by Health.Check",
	"Request.undated[].from":  "a day of the calendar, by Undated.Check",
	"Request.undated[].to":    "a day of the calendar, by Undated.Check",
	"Request.cells[].period":  "a period of the calendar, by Cell.Check",
	"Request.cells[].measure": "the catalogue of measures, by Cell.Check",
	"Request.cells[].part":    "Parts, by Cell.Check",
	"PairRequest.public_key":  "32 bytes in base64, by PairRequest.Check",

	"Answer.results[].status": "three words, by Answer.Check",
	"Answer.results[].code":   "Codes, by Answer.Check",
	"Answer.next_token":       "tokenPattern, by Answer.Check",
	"PairAnswer.state":        "two words, by PairAnswer.Check",
	"PairAnswer.code":         "pairCodePattern, by PairAnswer.Check",
	"PairAnswer.kiosk":        "kioskPattern, by PairAnswer.Check",
	"PairAnswer.server_key":   "32 bytes in base64, by PairAnswer.Check",
	"Refusal.error":           "a word: Status knows it or it is 500",
	"Request.resume":          "tokenPattern, by Request.Check",
	"Request.lost[].from":     "a real day, by LostDays.Check",
	"Request.lost[].to":       "a real day, by LostDays.Check",
	"Request.compare.after":   "boundPattern, by Checksum.check",
	"Request.compare.until":   "boundPattern, by Checksum.check",
	"Request.compare.sum":     "sumPattern, by Checksum.check",
	"Answer.rules":            "rulesPattern, by Answer.checkNewer",
	"Answer.compared":         "three words, by Answer.checkNewer",
	"Answer.held[].period":    "compared with the kiosk's own, or a period of the calendar, by Cell.Check",
	"Answer.held[].measure":   "compared with the kiosk's own, or the catalogue of measures, by Cell.Check",
	"Answer.held[].part":      "compared with the kiosk's own, or Parts, by Cell.Check",

	"Request.pool.known":                  "hexKey, by PoolRequest.check",
	"Request.pool.ready.period":           "a period of a round, by PoolPeriod.Check",
	"Request.pool.ready.key":              "hexKey, by PoolRequest.check",
	"Request.pool.ready.signature":        "64 bytes in base64, by checkSignature",
	"Request.pool.share.period":           "a period of a round, by PoolPeriod.Check",
	"Request.pool.share.set":              "hexKey, by PoolRequest.check",
	"Request.pool.share.vector":           "as many bytes in hex as the period has numbers, by checkVector",
	"Request.pool.share.tag":              "hexKey, by PoolRequest.check",
	"Request.pool.result.period":          "a period of a round, by PoolPeriod.Check",
	"Request.pool.result.set":             "hexKey, by PoolResult.check",
	"Request.pool.result.cells[].period":  "the list of what is told, by PoolResult.check",
	"Request.pool.result.cells[].measure": "the list of what is told, by PoolResult.check",
	"Request.pool.result.cells[].state":   "three words, by PoolCell.check",
	"Request.pool.result.reasons[]":       "two words, by PoolResult.check",
	"Request.pool.result.signature":       "64 bytes in base64, by checkSignature",

	"Answer.pool.organisation":                     "organisation, by PoolAnswer.Check: made by the centre",
	"Answer.pool.hash":                             "hexKey, by PoolAnswer.Check",
	"Answer.pool.peers[].kiosk":                    "kioskPattern, by checkMember",
	"Answer.pool.peers[].room":                     "namesRoom, by checkMember",
	"Answer.pool.peers[].identity":                 "hexKey, by checkMember",
	"Answer.pool.round.period":                     "a period of a round, by PoolPeriod.Check",
	"Answer.pool.round.state":                      "five words, by PoolRound.check",
	"Answer.pool.round.members[].kiosk":            "kioskPattern, by checkMember",
	"Answer.pool.round.members[].room":             "namesRoom, by checkMember",
	"Answer.pool.round.members[].identity":         "hexKey, by checkMember",
	"Answer.pool.round.members[].key":              "hexKey, by PoolRound.check",
	"Answer.pool.round.members[].signature":        "64 bytes in base64, by checkSignature",
	"Answer.pool.round.shares[].kiosk":             "kioskPattern, by PoolRound.check",
	"Answer.pool.round.shares[].vector":            "as many bytes in hex as the period has numbers, by checkVector",
	"Answer.pool.round.shares[].tag":               "hexKey, by PoolRound.check",
	"Answer.pool.results[].result.period":          "a period of a round, by PoolPeriod.Check",
	"Answer.pool.results[].result.set":             "hexKey, by PoolResult.check",
	"Answer.pool.results[].result.cells[].period":  "the list of what is told, by PoolResult.check",
	"Answer.pool.results[].result.cells[].measure": "the list of what is told, by PoolResult.check",
	"Answer.pool.results[].result.cells[].state":   "three words, by PoolCell.check",
	"Answer.pool.results[].result.reasons[]":       "two words, by PoolResult.check",
	"Answer.pool.results[].result.signature":       "64 bytes in base64, by checkSignature",
	"Answer.pool.results[].teller":                 "hexKey, by PoolTold.check",
	"Answer.pool.results[].date":                   "a day of the calendar, by PoolTold.check",

	"Refusal.resume":   "the centre's own, and a request with another than a token's letters is refused",
	"Refusal.epoch.id": "the kiosk's own epoch, as it came in a request",

	// The two texts there are come from the centre, and none goes back.
	"PairAnswer.room": "namesRoom, by PairAnswer.Check: the room's name, typed by its coordinator",
	"Refusal.hint":    "said by the centre's own code, only ever logged",
}

func TestSchema_NoFieldHoldsFreeText(t *testing.T) {
	found := map[string]bool{}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer:
			walk(path, typ.Elem())
		case reflect.Slice:
			walk(path+"[]", typ.Elem())
		case reflect.Struct:
			if typ == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range typ.NumField() {
				f := typ.Field(i)
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if !f.IsExported() || f.Anonymous || name == "" || name == "-" {
					t.Errorf("%s.%s: want an exported field with a name in JSON", path, f.Name)
				}
				walk(path+"."+name, f.Type)
			}
		case reflect.Int, reflect.Int64, reflect.Bool:
		case reflect.String:
			found[path] = true
			if bounds[path] == "" {
				t.Errorf("%s is a string that nothing bounds", path)
			}
		default:
			t.Errorf("%s is a %s: want numbers, times and bounded strings", path, typ)
		}
	}
	for _, message := range []any{Request{}, Answer{}, PairRequest{}, PairAnswer{}, Refusal{}} {
		walk(reflect.TypeOf(message).Name(), reflect.TypeOf(message))
	}
	for path := range bounds {
		if !found[path] {
			t.Errorf("%s is listed but not there", path)
		}
	}
}

// TestSchema_NamesAreRefused puts a name and a card into every string of a
// request and finds each refused.
func TestSchema_NamesAreRefused(t *testing.T) {
	for path := range bounds {
		fields := strings.Split(path, ".")
		if fields[0] != "Request" && fields[0] != "PairRequest" {
			continue
		}
		for _, text := range []string{"Ayşe Yılmaz", "ayse", "04A1B2C3D4E5F6", "04:a1:b2:c3"} {
			body := strings.Replace(goodRequest, `"version":1`, `"version":2,"undated":[{"from":"2026-11-20","to":"2026-11-24","n":3}],`+
				`"lost":[{"from":"2026-11-20","to":"2026-11-24"}],"compare":{"epoch":1,"sum":"0123456789abcdef"},"pool":`+goodPool(t), 1)
			if fields[0] == "Request" && !accepted(t, fields[0], []byte(body)) {
				t.Fatal("what is to be spoilt is not taken as it is")
			}
			if fields[0] == "PairRequest" {
				body = `{"version":1,"public_key":""}`
			}
			var message map[string]any
			if err := json.Unmarshal([]byte(body), &message); err != nil {
				t.Fatal(err)
			}
			at := message
			for _, f := range fields[1 : len(fields)-1] {
				if list, ok := strings.CutSuffix(f, "[]"); ok {
					at = at[list].([]any)[0].(map[string]any)
				} else {
					at = at[f].(map[string]any)
				}
			}
			if list, ok := strings.CutSuffix(fields[len(fields)-1], "[]"); ok {
				at[list].([]any)[0] = text
			} else {
				at[fields[len(fields)-1]] = text
			}
			b, err := json.Marshal(message)
			if err != nil {
				t.Fatal(err)
			}
			if accepted(t, fields[0], b) {
				t.Errorf("%s = %q is taken", path, text)
			}
		}
	}
}

func accepted(t *testing.T, message string, b []byte) bool {
	t.Helper()
	if message == "PairRequest" {
		r, err := Decode[PairRequest](b)
		if err != nil {
			t.Fatal(err)
		}
		return r.Check() == nil
	}
	r, err := Decode[Request](b)
	if err != nil {
		t.Fatal(err)
	}
	return r.Check() == nil && r.Cells[0].Check(count.Standard(), r.Epoch.Ordinal) == nil
}
