// Keeps a connection open beyond the token that it began with. Each line of the standard input is a token: the
// first connects, each further one renews (docs/renewal.md). A real program asks its issuer for the next token
// shortly before the last one expires.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/gorilla/websocket"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// renew returns until when the connection is renewed.
func renew(address, token, connectionID string) string {
	body := must(json.Marshal(map[string][]string{"connectionIds": {connectionID}}))
	url := "http://" + address + "/.well-known/drawbridge/renew"
	request := must(http.NewRequest(http.MethodPost, url, strings.NewReader(string(body))))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response := must(http.DefaultClient.Do(request))
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		panic("not renewed: " + response.Status)
	}
	var answer struct{ ExpireTime string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		panic(err)
	}
	return answer.ExpireTime
}

func main() {
	address, tokens := os.Args[1], bufio.NewScanner(os.Stdin)
	tokens.Scan()
	header := http.Header{"Authorization": {"Bearer " + tokens.Text()}}
	client, response, err := websocket.DefaultDialer.Dial("ws://"+address+"/", header)
	if err != nil {
		panic(err)
	}
	id := response.Header.Get("X-Connection-Id")
	fmt.Println("connected", id)
	for tokens.Scan() {
		fmt.Println("renewed until", renew(address, tokens.Text(), id))
	}
	for err == nil { // until it is closed
		_, _, err = client.ReadMessage()
	}
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		panic(err)
	}
	fmt.Println("closed", closed.Code, closed.Text)
}
