package main

import (
	"context"

	"patchbench/bench/alone"
)

// alone waits until nothing else measures on this machine and keeps others out
// until done is called.
func (a *app) alone(ctx context.Context) (done func(), err error) {
	l := &alone.Lock{Name: a.lock, Perflock: alone.FindPerflock("/", a.getenv("PATH"))}
	return l.Take(ctx, func(who string) { a.ui.logf("waiting for %s to end", who) })
}
