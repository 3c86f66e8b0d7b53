// Command gorilla runs a github.com/gorilla/websocket client against Drawbridge.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// deadline bounds every check: its dials and reads fail when it has passed.
const deadline = 30 * time.Second

type gateway struct {
	ws, control, grpcurl string
	tls                  bool   // crypto/x509 reads the certificate from SSL_CERT_FILE
	deflate              string // "", "alone" or "takeover"
}

func (g gateway) url(path string) string {
	if g.tls {
		return "wss://" + g.ws + path
	}
	return "ws://" + g.ws + path
}

// checks returns the checks; over TLS only those that do not inspect the frames on the wire.
func (g gateway) checks() []check {
	if !g.tls {
		return append(echoChecks, append(closeChecks, comparisons()...)...)
	}
	return []check{
		{"echoes_text", echoesText},
		{"echoes_every_size", echoesEverySize},
		{"ping_is_answered", pingIsAnswered},
		{"own_close_code_comes_back", ownCloseCodeComesBack},
		{"interrupt_shows_code_and_reason", interruptShowsCodeAndReason},
	}
}

type check struct {
	name string
	run  func(gateway) error
}

func main() {
	var g gateway
	flag.StringVar(&g.ws, "ws", "", "HOST:PORT")
	flag.StringVar(&g.control, "control", "", "HOST:PORT")
	flag.StringVar(&g.grpcurl, "grpcurl", "", "path of the program")
	flag.BoolVar(&g.tls, "tls", false, "connect by wss")
	flag.StringVar(&g.deflate, "deflate", "", "what the gateway agrees on of compression: alone or takeover")
	flag.Parse()

	name := "gorilla"
	if g.tls {
		name = "gorilla_tls"
	}
	failed := false
	checks := g.checks()
	if g.deflate != "" {
		checks = deflateChecks(g.deflate)
	}
	for _, c := range checks {
		if err := c.run(g); err != nil {
			failed = true
			fmt.Printf("FAIL %s/%s: %s\n", name, c.name, strings.Join(strings.Fields(err.Error()), " "))
		} else {
			fmt.Printf("ok %s/%s\n", name, c.name)
		}
	}
	if failed {
		os.Exit(1)
	}
}
