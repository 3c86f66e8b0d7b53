// Lists and watches the connections of a gateway, and ends the connections of each user that logs out. Each
// line of standard input is the name of a user. The service that authenticates users must set the label `user`
// on their connections, with UpdateConnection.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	pb "drawbridge/examples/go/control"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Escapes a value for a filter (docs/filter.md), so that no character in it has a special meaning.
var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `*`, `\*`)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func watch(ctx context.Context, control pb.ConnectionServiceClient) {
	stream := must(control.WatchConnections(ctx, &pb.WatchConnectionsRequest{SkipSnapshot: true}))
	event, err := stream.Recv()
	for ; err == nil; event, err = stream.Recv() {
		kind := strings.ToLower(strings.TrimPrefix(event.Type.String(), "CONNECTION_EVENT_TYPE_"))
		fmt.Println(kind, event.GetConnection().GetConnectionId())
	}
	fmt.Println("watch ended:", err) // after Unavailable, a real program resumes with the last ResumeToken
}

func main() {
	ctx := context.Background()
	plain := grpc.WithTransportCredentials(insecure.NewCredentials())
	control := pb.NewConnectionServiceClient(must(grpc.Dial(os.Args[1], plain)))
	list := &pb.ListConnectionsRequest{Filter: "labels:user"}
	for more := true; more; more = list.PageToken != "" { // an empty page is not necessarily the last
		page := must(control.ListConnections(ctx, list))
		for _, c := range page.Connections {
			fmt.Println("here", c.ConnectionId, c.Labels["user"])
		}
		list.PageToken = page.NextPageToken
	}
	go watch(ctx, control)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		filter := `labels.user = "` + escapes.Replace(lines.Text()) + `"`
		logOut := &pb.InterruptConnectionsRequest{Filter: filter, Code: 4001, Reason: "logged out", RatePerSecond: -1}
		stream := must(control.InterruptConnections(ctx, logOut))
		progress := must(stream.Recv())
		for ; !progress.Done; progress = must(stream.Recv()) { // the last message has the final counts
		}
		fmt.Printf("%s: %d closed\n", lines.Text(), progress.MatchedCount)
	}
}
