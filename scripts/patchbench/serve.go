package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbench/analysis/serve"
)

// What a server allows a browser.
const (
	headerTime = 10 * time.Second
	farewell   = time.Second // for answers under way when it ends
)

func (a *app) serveCommand() *cobra.Command {
	port := 0
	cmd := &cobra.Command{
		Use:   "serve [RUN|FOLDER]...",
		Short: "Browse runs, compare two, and look at their profiles",
		Long: `Serve shows runs in your browser until you interrupt it: those of results/, or
the run folders you name and what is found below the folders you name. It only
reads, and answers nobody but this machine. To look at runs on another machine,
forward the port: ssh -L 8080:127.0.0.1:8080 HOST, and there --port 8080.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.serve(cmd.Context(), args, port)
		},
	}
	cmd.Flags().IntVar(&port, "port", 0, "port of 127.0.0.1 to listen at (default a free one)")
	return cmd
}

// serve answers browsers until it is interrupted, which is how it is meant to
// end.
func (a *app) serve(ctx context.Context, places []string, port int) error {
	if len(places) == 0 {
		if err := a.findRoot(); err != nil {
			return err
		}
		places = []string{filepath.Join(a.root, "results")}
	}
	h, err := serve.New(places)
	if err != nil {
		return err
	}
	n, err := h.Runs(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("there is no run folder in %s: those have a protocol.json; patchbench compare makes some", strings.Join(places, ", "))
	}
	if port < 0 || port > 65535 {
		return fmt.Errorf("--port %d: not between 0 and 65535", port)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	a.ui.close()
	if _, err := fmt.Fprintf(a.stdout, "serving %s at http://%s/ until interrupted\n", count(n, "run", "runs"), l.Addr()); err != nil {
		l.Close()
		return err
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ErrorLog: log.New(a.stderr, "patchbench: ", 0),
		// Who still waits for a long answer at the end need not.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := server.Shutdown(leave); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
