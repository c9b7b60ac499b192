package leak

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httputil"
	"sync"
)

// Recorder is a network that keeps all bytes that cross it: request lines,
// headers and bodies, both ways. It is safe for concurrent use.
type Recorder struct {
	Network http.RoundTripper

	mu  sync.Mutex
	all bytes.Buffer
}

var _ http.RoundTripper = (*Recorder)(nil)

// RoundTrip passes a request on and records it, and its answer.
func (r *Recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := r.keep(httputil.DumpRequestOut(request, true)); err != nil {
		return nil, err
	}
	answer, err := r.Network.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if err := r.keep(httputil.DumpResponse(answer, true)); err != nil {
		return nil, err
	}
	return answer, nil
}

func (r *Recorder) keep(b []byte, err error) error {
	if err != nil {
		return fmt.Errorf("record traffic: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Write(b)
	r.all.WriteByte('\n')
	return nil
}

// Bytes returns a copy of all that was recorded.
func (r *Recorder) Bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.all.Bytes())
}
