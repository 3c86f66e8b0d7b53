package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const patience = 30 * time.Second

// A gateway keeps its addresses when its process is replaced.
type gateway struct {
	name, listen, control, admin string
	process                      *exec.Cmd
}

// An edge is three gateways and the HAProxy in front of them.
type edge struct {
	options  options
	address  string
	socket   string // of HAProxy's statistics
	gateways []*gateway
	haproxy  *exec.Cmd
	logs     *os.File
}

func startEdge(o options, folder string) (*edge, error) {
	logs, err := os.Create(folder + "/log")
	if err != nil {
		return nil, err
	}
	e := &edge{options: o, address: freeAddress(), socket: folder + "/haproxy.sock", logs: logs}
	e.haproxy = exec.Command(o.haproxy, "-db", "-f", o.config)
	e.haproxy.Env = append(os.Environ(), "HAPROXY_LISTEN="+e.address, "HAPROXY_SOCKET="+e.socket)
	for i := 1; i <= 3; i++ {
		g := &gateway{name: fmt.Sprintf("edge-%d", i), listen: freeAddress(), control: freeAddress(), admin: freeAddress()}
		e.gateways = append(e.gateways, g)
		_, adminPort, _ := net.SplitHostPort(g.admin)
		e.haproxy.Env = append(e.haproxy.Env, fmt.Sprintf("EDGE_%d=%s", i, g.listen), fmt.Sprintf("EDGE_%d_ADMIN=%s", i, adminPort))
		if err := e.start(g); err != nil {
			return e, err
		}
	}
	e.haproxy.Stderr = logs
	if err := e.haproxy.Start(); err != nil {
		return e, err
	}
	return e, e.waitUntilUp()
}

// Starts a gateway and returns when it has printed its ready line.
func (e *edge) start(g *gateway) error {
	g.process = exec.Command(e.options.drawbridge, "--trusted_proxies=127.0.0.1")
	g.process.Stderr = e.logs
	g.process.Env = []string{
		"DRAWBRIDGE_NODE_ID=" + g.name,
		"DRAWBRIDGE_LISTEN=" + g.listen,
		"DRAWBRIDGE_CONTROL_LISTEN=" + g.control,
		"DRAWBRIDGE_ADMIN_LISTEN=" + g.admin,
		"DRAWBRIDGE_DRAIN_NOT_READY=" + e.options.notReady.String(),
		"DRAWBRIDGE_DRAIN_SPREAD=" + e.options.spread.String(),
		"DRAWBRIDGE_DRAIN_GRACE=" + e.options.grace.String(),
	}
	output, err := g.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := g.process.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		return fmt.Errorf("%s is not ready: %q, %v", g.name, line, err)
	}
	go io.Copy(io.Discard, output)
	return nil
}

// Stops a gateway by SIGTERM and starts a new one. Returns when HAProxy reports the new one as up.
func (e *edge) replace(g *gateway) error {
	begin := time.Now()
	if err := g.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := g.process.Wait(); err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	fmt.Printf("%s: gone after %.1f s\n", g.name, time.Since(begin).Seconds())
	if err := e.start(g); err != nil {
		return err
	}
	return e.waitUntilUp()
}

// Waits until HAProxy reports every gateway as up.
func (e *edge) waitUntilUp() error {
	return waitUntil(patience, func() error {
		statistics, err := e.statistics()
		if err != nil {
			return err
		}
		for _, g := range e.gateways {
			if status := statistics[g.name]; status != "UP" {
				return fmt.Errorf("HAProxy says of %s: %q", g.name, status)
			}
		}
		return nil
	})
}

// Returns the status of each server, as HAProxy reports it.
func (e *edge) statistics() (map[string]string, error) {
	connection, err := net.Dial("unix", e.socket)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	fmt.Fprintln(connection, "show stat")
	rows, err := csv.NewReader(connection).ReadAll()
	if err != nil {
		return nil, err
	}
	const server, status = 1, 17
	states := map[string]string{}
	for _, row := range rows {
		states[row[server]] = row[status]
	}
	return states, nil
}

func (e *edge) kill() {
	for _, g := range e.gateways {
		if g.process != nil && g.process.Process != nil {
			g.process.Process.Kill()
		}
	}
	if e.haproxy.Process != nil {
		e.haproxy.Process.Kill()
	}
}

// Calls `ask` until it returns no error, for at most `limit`.
func waitUntil(limit time.Duration, ask func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after %v: %w", limit, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
