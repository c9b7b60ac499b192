package centrald

// Settings is all that an operator can set. It is the one list of it: flags,
// environment, file, help, the README's table and the tests of them all are made of
// its tags (package settings). A new setting is a field here, and a line where it
// is used: Config has it under the same name.
type Settings struct {
	DB     string `toml:"db" env:"INLOOP_DB" value:"WHERE" default:"inloop-central.db" help:"SQLite file or postgres://…" example:"postgres:///inloop"`
	Key    string `toml:"key" env:"INLOOP_CENTRAL_KEY" value:"FILE" default:"inloop-central.key" help:"signing key, made if missing" example:"/srv/key"`
	Listen string `toml:"listen" env:"INLOOP_CENTRAL_LISTEN" value:"ADDR" default:"127.0.0.1:8090" help:"where it is served" example:"[::1]:9000"`
	URL    string `toml:"url" env:"INLOOP_CENTRAL_URL" value:"URL" unset:"http://ADDR" help:"address that people type" example:"https://kamers.example.nl"`
}
