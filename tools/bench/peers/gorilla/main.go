// An echo server like the echo example of gorilla/websocket, on one core like every other peer.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func echo(w http.ResponseWriter, r *http.Request) {
	connection, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		if err := connection.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "host:port")
	cert := flag.String("tls_cert", "", "PEM file; empty: no TLS")
	key := flag.String("tls_key", "", "PEM file")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp4", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready ws=%s\n", listener.Addr())
	if *cert == "" {
		log.Fatal(http.Serve(listener, http.HandlerFunc(echo)))
	}
	log.Fatal(http.ServeTLS(listener, http.HandlerFunc(echo), *cert, *key))
}
