package serve

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

const htmlType = "text/html; charset=utf-8"

// What the browser may do with a page. Nothing loads from elsewhere, is sent
// anywhere, or shows any of this in a frame.
const (
	// Of this package's own pages.
	ownPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

	// Of pages that come from a run folder or are laid out to lie in one,
	// with their style and script inside. The sandbox keeps a page that was
	// planted there from what the server shows of other runs.
	filePolicy = "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

	// Of pprof's.
	pprofPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

// noTime is when what is made for an answer was last changed: not known.
var noTime time.Time

// guard lets through to next what one user on this machine asks to read.
func (h *Handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      ownPolicy,
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cache-Control":                "no-cache",
		} {
			w.Header().Set(name, value)
		}
		switch {
		case !loopback(r.Host):
			// A page of somebody else's may have had its name point here.
			h.fail(w, refused("%q is no name of this machine's loopback: ask for 127.0.0.1 or localhost", r.Host))
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			h.fail(w, &problem{http.StatusMethodNotAllowed, "this only shows runs: nothing can be changed by it"})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// loopback reports whether host, with or without a port, names the loopback.
// Which port does not matter: it may be forwarded.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return err == nil && addr.Unmap().IsLoopback()
}
