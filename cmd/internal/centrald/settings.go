package centrald

// Settings is all that an operator can set: flags, environment and help are made
// of its tags (package settings).
type Settings struct {
	DB     string `toml:"db" env:"INLOOP_DB" value:"WHERE" default:"inloop-central.db" help:"SQLite file or postgres://…"`
	Key    string `toml:"key" env:"INLOOP_CENTRAL_KEY" value:"FILE" default:"inloop-central.key" help:"signing key, made if missing"`
	Listen string `toml:"listen" env:"INLOOP_CENTRAL_LISTEN" value:"ADDR" default:"127.0.0.1:8090" help:"where it is served"`
	URL    string `toml:"url" env:"INLOOP_CENTRAL_URL" value:"URL" unset:"http://ADDR" help:"address that people type"`
}

// Config is what the settings come to, but for what only the program can add.
func (s Settings) Config() Config { return Config{DB: s.DB, Key: s.Key, URL: s.URL} }
