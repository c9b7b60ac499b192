package central

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/inloop/sync/count"
)

// MaxRoomName is the longest name of a room or an organisation, in characters.
const MaxRoomName = 60

// tellingStems begin or end words that say something about the health, the
// means or the feelings of whoever is seen in a room with that name (AVG
// art. 9; in other cases just unkind).
var tellingStems = []string{
	"eenza", "alleen", "isole", "isola", "lonel", "dement", "demens", "alzheim", "geheugen", "depress", "angst", "psych", "ggz",
	"zorg", "versla", "drank", "drugs", "rouw", "kanker", "autis", "beperk", "gehandic", "invalid", "ziek", "patiënt",
	"patient", "dakloos", "dakloz", "thuisloos", "opvang", "schuld", "armoed", "voedselbank", "minima", "asiel", "vluchtel",
	"kwetsba", "hulpverlen", "maatschappelijk", "reclasser", "slachtoff", "mishand",
}

// harmlessWords look telling and are not: districts and what else is called so.
var harmlessWords = []string{"zorgvliet", "zorgvlietpark", "ziekenhuisstraat", "minimarkt", "alleenhof"}

// roomName returns the name as it is kept. Errors: ErrName and
// *TellingNameError.
func roomName(typed string) (string, error) {
	name := strings.Join(strings.Fields(typed), " ")
	if name == "" || !count.Fits(name, MaxRoomName) || !printable(name) {
		return "", fmt.Errorf("room: want 1 to %d characters: %w", MaxRoomName, ErrName)
	}
	words := strings.Fields(name)
	neutral := slices.DeleteFunc(slices.Clone(words), telling)
	if len(neutral) == len(words) {
		return name, nil
	}
	word := words[slices.IndexFunc(words, telling)]
	return "", &TellingNameError{Word: word, Suggestion: suggest(neutral)}
}

// telling tells whether any part of a word, such as that after a hyphen, begins
// or ends as a telling one.
func telling(word string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return !unicode.IsLetter(r) }), func(part string) bool {
		return !slices.Contains(harmlessWords, part) && slices.ContainsFunc(tellingStems, func(stem string) bool {
			return strings.HasPrefix(part, stem) || strings.HasSuffix(part, stem)
		})
	})
}

// suggest makes a neutral name of the words that are left: Buurtkamer and, as a
// rule, the district.
func suggest(words []string) string {
	words = slices.DeleteFunc(words, func(w string) bool {
		small := strings.ToLower(w)
		return !strings.ContainsFunc(w, unicode.IsLetter) || slices.Contains([]string{"de", "het", "voor", "van", "met", "en", "in", "tegen", "bij", "te", "tot", "niet", "buurtkamer"}, small)
	})
	return strings.Join(append([]string{"Buurtkamer"}, words...), " ")
}

// printable tells whether a page can show the name as it is.
func printable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}
