package desk_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/desk"
)

// wallClock is a clock for a program that needs no boot.
type wallClock struct{}

func (wallClock) Now() kiosk.Moment { return kiosk.Moment{Wall: time.Now()} }

// quietDay is a store that knows the day and nothing else.
type quietDay struct{}

func (quietDay) View(context.Context) (kiosk.View, error) {
	return kiosk.View{In: 4, Guests: map[kiosk.Band]int{kiosk.BandUnasked: 2}}, nil
}

// Without a volunteer the desk says how many are in, and no name. Of the store
// its first page needs nothing but the day.
func ExampleNew() {
	translations, err := web.NewTranslations()
	if err != nil {
		fmt.Println(err)
		return
	}
	d := desk.New(desk.Config{
		Store: desk.Store{Day: quietDay{}}, Translations: translations,
		Log: slog.New(slog.DiscardHandler), Clock: wallClock{},
	})
	request := httptest.NewRequest(http.MethodGet, "http://localhost/desk", nil)
	request.RemoteAddr = "127.0.0.1:40000" // the machine's own screen
	answer := httptest.NewRecorder()
	d.Handler().ServeHTTP(answer, request)

	number := regexp.MustCompile(`figure-number">(\d+)<`)
	for _, found := range number.FindAllStringSubmatch(answer.Body.String(), -1) {
		fmt.Println(found[1])
	}
	fmt.Println(d.Close(context.Background()))
	// Output:
	// 4
	// 2
	// <nil>
}
