package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"example.org/inloop/cmd/internal/health"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/kiosk"
)

// askWithin is how long the kiosk may take to answer.
const askWithin = 3 * time.Second

// askKiosk prints how the kiosk, which drives the chip, finds the reader.
// ErrReader unless all is well.
func (w *Workbench) askKiosk(ctx context.Context) error {
	light, err := w.kiosksLight(ctx)
	switch {
	case err != nil:
		w.log.Error("ask the kiosk", "err", err)
		return w.wrong("mute", map[string]any{"Address": w.kiosk})
	case light.Level == kiosk.LevelGreen:
		w.ok("kiosk", nil)
		return nil
	}
	return w.wrong("kiosk", map[string]any{"Light": w.text.T("lights."+light.Reason, nil)})
}

// kiosksLight is the reader's light as the kiosk shows it.
func (w *Workbench) kiosksLight(ctx context.Context) (light kiosk.Health, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.kiosk+"/healthz", nil)
	if err != nil {
		return light, fmt.Errorf("ask the kiosk: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return light, fmt.Errorf("ask the kiosk: %w", err)
	}
	defer answer.Body.Close()
	var all health.State
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, 1<<16)).Decode(&all); err != nil {
		return light, fmt.Errorf("read the kiosk's answer: %w", err)
	}
	for _, part := range all.Parts {
		if part.Part == nfc.HealthPart {
			return part, nil
		}
	}
	return light, fmt.Errorf("the kiosk at %s says nothing of a reader", w.kiosk)
}
