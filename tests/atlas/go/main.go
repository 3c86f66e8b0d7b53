// WebSocket clients in Go, each used in the usual way of its library.
//
//	clients NAME URL
//
// Prints "open", then "message SIZE" for each message, and at the end "end TEXT": what the application learns of the end.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/gorilla/websocket"
	"github.com/lxzan/gws"
	xnet "golang.org/x/net/websocket"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("end", err)
		os.Exit(1)
	}
	return value
}

// follow prints the messages that read returns, until it fails.
func follow(read func() (int, error)) {
	fmt.Println("open")
	for {
		size, err := read()
		if err != nil {
			fmt.Printf("end %T: %v\n", err, err)
			return
		}
		fmt.Println("message", size)
	}
}

func gorillaClient(url string) {
	connection, _, err := websocket.DefaultDialer.Dial(url, nil)
	must(connection, err)
	follow(func() (int, error) {
		_, data, err := connection.ReadMessage()
		return len(data), err
	})
}

func coderClient(url string) {
	connection, _, err := coder.Dial(context.Background(), url, nil)
	must(connection, err)
	follow(func() (int, error) {
		_, data, err := connection.Read(context.Background())
		return len(data), err
	})
}

func gobwasClient(url string) {
	connection, buffered, _, err := ws.Dial(context.Background(), url)
	must(connection, err)
	var stream net.Conn = connection
	if buffered != nil {
		stream = rest{connection, buffered.Read}
	}
	follow(func() (int, error) {
		data, _, err := wsutil.ReadServerData(stream)
		return len(data), err
	})
}

// rest first reads the bytes that arrived together with the handshake.
type rest struct {
	net.Conn
	read func([]byte) (int, error)
}

func (r rest) Read(bytes []byte) (int, error) { return r.read(bytes) }

type gwsHandler struct {
	gws.BuiltinEventHandler
	over chan error
}

func (h gwsHandler) OnMessage(_ *gws.Conn, message *gws.Message) {
	fmt.Println("message", message.Data.Len())
	message.Close()
}

func (h gwsHandler) OnClose(_ *gws.Conn, err error) { h.over <- err }

func gwsClient(url string) {
	handler := gwsHandler{over: make(chan error, 1)}
	connection, _, err := gws.NewClient(handler, &gws.ClientOption{Addr: url})
	must(connection, err)
	fmt.Println("open")
	go connection.ReadLoop()
	err = <-handler.over
	fmt.Printf("end OnClose %T: %v\n", err, err)
}

func xnetClient(url string) {
	connection := must(xnet.Dial(url, "", "http://"+strings.Split(url, "/")[2]))
	follow(func() (int, error) {
		var data []byte
		err := xnet.Message.Receive(connection, &data)
		return len(data), err
	})
	connection.Close()
}

var clients = map[string]func(url string){
	"coder":   coderClient,
	"gobwas":  gobwasClient,
	"gorilla": gorillaClient,
	"gws":     gwsClient,
	"x-net":   xnetClient,
}

func main() { clients[os.Args[1]](os.Args[2]) }
