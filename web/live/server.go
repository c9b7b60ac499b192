package live

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer returns a server for h in which no client can hold a connection for
// long by being slow: a header within 5 s, a body within 10 s, an answer within
// 30 s. Websockets keep deadlines of their own, see [Hub.Serve]. What strangers
// do wrong is logged for debugging only.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
