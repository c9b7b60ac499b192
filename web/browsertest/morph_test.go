package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.org/inloop/web"
	"example.org/inloop/web/browser"
)

// A page with a list, a box that opens, a field and a table that scrolls, and a
// newer one: the lines stand in another order, and every attribute is as it was
// sent first.
const morphPage = `<!doctype html><title>x</title>
<script type="module">import { morph } from "/assets/morph.js"; window.morph = morph;</script>
<div id="live"><ul><li id="a"><button>A</button></li><li id="b"><button>B</button></li></ul>
<details id="box"><summary>more</summary><p id="inside">old</p></details>
<input id="field" value="before"><input type="checkbox" id="tick"><input type="hidden" id="no" value="1"></div>`

const morphNext = `<div id="live"><ul><li id="new"><button>New</button></li><li id="b"><button>B</button></li><li id="a"><button>A</button></li></ul>
<details id="box"><summary>more</summary><p id="inside">new</p></details>
<input id="field" value="after"><input type="checkbox" id="tick"><input type="hidden" id="no" value="2"></div>`

func TestMorph_KeepsWhatTheReaderDid(t *testing.T) {
	b := browser.Start(t)
	mux := http.NewServeMux()
	mux.Handle("/assets/", web.Assets())
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, morphPage)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p := b.Page(t, 800, 480)
	p.Expect("favicon.ico")
	p.Open(server.URL)
	p.Wait("window.morph")
	// In browsers that cannot move an element, one that moves loses the focus.
	browser.Eval[any](p, `(() => {
		delete Element.prototype.moveBefore;
		const at = id => document.getElementById(id);
		at("box").open = true;
		at("tick").checked = true;
		at("field").value = "typed";
		at("a").firstChild.focus();
		window.a = at("a");
		const next = new DOMParser().parseFromString(`+"`"+morphNext+"`"+`, "text/html").getElementById("live");
		window.morph(at("live"), next);
	})(), 0`)
	for what, js := range map[string]string{
		"the new line is there":         `document.querySelector("ul").innerText.replace(/\s+/g, " ") === "New B A"`,
		"a line is the one that it was": `document.getElementById("a") === window.a`,
		"the focus went with its line":  `document.activeElement === window.a.firstChild`,
		"the box stayed open":           `document.getElementById("box").open`,
		"what is inside it is new":      `document.getElementById("inside").textContent === "new"`,
		"what was typed is there":       `document.getElementById("field").value === "typed"`,
		"what was ticked is ticked":     `document.getElementById("tick").checked`,
		"what nobody can type is new":   `document.getElementById("no").value === "2"`,
	} {
		if !browser.Eval[bool](p, js) {
			t.Errorf("not so: %s", what)
		}
	}
}
