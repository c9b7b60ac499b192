package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
)

//go:embed assets
var assets embed.FS

// Assets serves the files that all faces share under "/assets/": mount it at
// that path.
func Assets() http.Handler {
	root, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // "assets" is a valid path: it is the one embedded above
	}
	return http.StripPrefix("/assets/", Files(root))
}

// Files serves the styles, scripts, drawings and fonts of a folder. A folder's
// list is of no use to anybody, nor is a file of another kind: both are not
// found. Files are cached for an hour at most, so that an upgraded program shows
// its new face the same morning.
func Files(root fs.FS) http.Handler {
	types := map[string]string{
		".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css; charset=utf-8",
		".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	}
	files := http.FileServerFS(root)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, ok := types[path.Ext(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=3600")
		files.ServeHTTP(w, r)
	})
}
