package screen_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"

	"example.org/inloop/kiosk"
	"example.org/inloop/web"
	"example.org/inloop/web/screen"
)

// A page gets the whole state as soon as it connects, its words written out.
func ExampleScreen() {
	translations, err := web.NewTranslations()
	if err != nil {
		fmt.Println(err)
		return
	}
	door, err := screen.New(screen.Config{Translations: translations, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = door.Close(context.Background()) }()
	server := httptest.NewServer(door)
	defer server.Close()

	door.Show(kiosk.Greeting{Kind: kiosk.GreetingWelcome, Sign: "tulip.red", Language: "tr"})

	page, answer, err := websocket.DefaultDialer.Dial(strings.Replace(server.URL, "http", "ws", 1)+"/door/live",
		http.Header{"Origin": {server.URL}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _, _ = page.Close(), answer.Body.Close() }()
	var state struct {
		Kind string
		Says map[string]struct{ Dir, Title, Sign string }
	}
	if err := page.ReadJSON(&state); err != nil {
		fmt.Println(err)
		return
	}
	for lang, words := range state.Says {
		fmt.Println(state.Kind, lang, words.Dir, words.Title, words.Sign)
	}
	// Output: welcome tr ltr Hoş geldiniz! lale, kırmızı
}
