package analysis

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// each calls f with 0 to n−1, several at a time.
func each(n int, f func(i int)) {
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		work.Go(func() error {
			f(i)
			return nil
		})
	}
	work.Wait()
}
