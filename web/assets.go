package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed assets
var assets embed.FS

// Assets serves the embedded files under "/assets/": mount it at that path.
// Files are cached for an hour at most, so that an upgraded program shows its
// new face the same morning.
func Assets() http.Handler {
	root, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // "assets" is a valid path: it is the one embedded above.
	}
	types := map[string]string{
		"woff2": "font/woff2", "svg": "image/svg+xml", "css": "text/css; charset=utf-8",
		"js": "text/javascript; charset=utf-8", "txt": "text/plain; charset=utf-8",
	}
	files := http.StripPrefix("/assets/", http.FileServerFS(root))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path
		// A folder's list is of no use to anybody.
		ext := ""
		for i := len(name) - 1; i >= 0 && name[i] != '/'; i-- {
			if name[i] == '.' {
				ext = name[i+1:]
				break
			}
		}
		kind, ok := types[ext]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=3600")
		files.ServeHTTP(w, r)
	})
}
