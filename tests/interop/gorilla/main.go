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
}

func (g gateway) url(path string) string { return "ws://" + g.ws + path }

type check struct {
	name string
	run  func(gateway) error
}

func main() {
	var g gateway
	flag.StringVar(&g.ws, "ws", "", "HOST:PORT")
	flag.StringVar(&g.control, "control", "", "HOST:PORT")
	flag.StringVar(&g.grpcurl, "grpcurl", "", "path of the program")
	flag.Parse()

	failed := false
	for _, c := range append(echoChecks, append(closeChecks, comparisons()...)...) {
		if err := c.run(g); err != nil {
			failed = true
			fmt.Printf("FAIL gorilla/%s: %s\n", c.name, strings.Join(strings.Fields(err.Error()), " "))
		} else {
			fmt.Printf("ok gorilla/%s\n", c.name)
		}
	}
	if failed {
		os.Exit(1)
	}
}
