// Rehearses a rolling restart with three gateways behind HAProxy and thousands of clients that reconnect when they are
// closed. Each gateway in turn is stopped by SIGTERM and started again. Prints what happened to the clients.
//
//	rehearsal [FLAG...]
//
// Exits with 1 if a client lost its connection without a close frame, or a gateway did not end with 0.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

type options struct {
	drawbridge, haproxy, config string
	clients                     int
	notReady, spread, grace     time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.drawbridge, "drawbridge", "build/drawbridge", "the gateway")
	flag.StringVar(&o.haproxy, "haproxy", "/usr/sbin/haproxy", "HAProxy")
	flag.StringVar(&o.config, "config", "deploy/haproxy/haproxy.cfg", "its configuration")
	flag.IntVar(&o.clients, "clients", 3000, "how many clients")
	flag.DurationVar(&o.notReady, "not_ready", 2*time.Second, "--drain_not_ready of the gateways")
	flag.DurationVar(&o.spread, "spread", 10*time.Second, "their --drain_spread")
	flag.DurationVar(&o.grace, "grace", 5*time.Second, "their --drain_grace")
	flag.Parse()
	if err := rehearse(o); err != nil {
		fmt.Fprintln(os.Stderr, "rehearsal:", err)
		os.Exit(1)
	}
}

func rehearse(o options) error {
	folder, err := os.MkdirTemp("", "rehearsal")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	edge, err := startEdge(o, folder)
	if edge != nil {
		defer edge.kill()
	}
	if err != nil {
		return err
	}

	fleet := newFleet("ws://" + edge.address + "/rehearsal")
	fleet.start(o.clients)
	if err := fleet.waitUntilOpen(o.clients, time.Minute); err != nil {
		return err
	}
	fmt.Printf("%d clients of %d gateways behind HAProxy\n", o.clients, len(edge.gateways))
	fleet.beginRecord()
	err = restart(edge, fleet, o.clients)
	record := fleet.endRecord()
	fleet.stop()
	record.print()
	if err == nil && record.withoutFrame > 0 {
		err = fmt.Errorf("%d clients lost their connection without a close frame", record.withoutFrame)
	}
	return err
}

// Replaces one gateway after the other. Waits before each until all clients are connected again.
func restart(edge *edge, fleet *fleet, clients int) error {
	for _, gateway := range edge.gateways {
		if err := edge.replace(gateway); err != nil {
			return err
		}
		if err := fleet.waitUntilOpen(clients, time.Minute); err != nil {
			return err
		}
	}
	return nil
}
