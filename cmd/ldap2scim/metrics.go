package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// metrics serves where a run stands, as OpenMetrics text.
type metrics struct {
	address string
	started time.Time
	server  *http.Server
	served  chan error
	// now is the run, or nil while there is none.
	now atomic.Pointer[progress]
}

const metricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

// serveMetrics listens at the address until close.
func serveMetrics(ctx context.Context, address string) (*metrics, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", loopback(address))
	if err != nil {
		return nil, &adviceError{what: fmt.Sprintf("serve metrics: %v", err), hint: "Give --metrics a port that is free, such as 9464, or host:port."}
	}
	m := &metrics{address: listener.Addr().String(), started: time.Now(), served: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m.serve)
	m.server = &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	go func() { m.served <- m.server.Serve(listener) }()
	return m, nil
}

// loopback keeps what names no host on this machine.
func loopback(address string) string {
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	if strings.HasPrefix(address, ":") {
		return "127.0.0.1" + address
	}
	return address
}

func (m *metrics) serve(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	t := newTally(m.started)
	text := ""
	if g := m.now.Load(); g != nil {
		g.mu.Lock()
		text = g.tally.openMetrics(now)
		g.mu.Unlock()
	} else {
		text = t.openMetrics(now)
	}
	w.Header().Set("Content-Type", metricsType)
	_, _ = w.Write([]byte(text)) // who does not read on does not want it
}

// close ends it, when what is being read has been read.
func (m *metrics) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := m.server.Shutdown(ctx); err != nil {
		_ = m.server.Close()
	}
	if err := <-m.served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
