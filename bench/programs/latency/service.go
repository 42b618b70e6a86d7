package latency

import (
	"runtime"
	"sync"
	"time"

	"patchbench/programs/internal/crew"
	"patchbench/programs/internal/forest"
	"patchbench/programs/internal/histogram"
)

const (
	clients         = 4   // goroutines, each with one request on its way at most
	servers         = 4   // goroutines
	trees           = 512 // of each server
	depth           = 7   // 127 nodes a tree
	treesPerRequest = 2   // grown
	treesRead       = 2   // walked
)

// A request carries the channel its answer is wanted on.
type request struct {
	answer chan uint64
}

// A service is a set of servers, each with sessions of its own: a quarter of
// the live heap.
type service struct {
	sessions [servers]*forest.Forest
}

func newService() *service {
	s := new(service)
	for i := range s.sessions {
		s.sessions[i] = forest.New(trees, depth, uint64(i))
	}
	return s
}

// answer does the work of one request, the same for each: it reads 2 sessions
// and renews 2.
func (s *service) answer(server int) uint64 {
	f := s.sessions[server]
	sum := uint64(0)
	for i := 0; i < treesRead; i++ {
		sum += f.Pick().Sum()
	}
	for i := 0; i < treesPerRequest; i++ {
		f.Replace()
	}
	return sum
}

// run lets the clients send n requests in all and returns how long each took
// from sending it to having its answer.
func (s *service) run(n int) *histogram.Histogram {
	requests := make(chan request)
	var serving sync.WaitGroup
	serving.Add(servers)
	for i := 0; i < servers; i++ {
		go func(server int) {
			defer serving.Done()
			for r := range requests {
				r.answer <- s.answer(server)
			}
		}(i)
	}
	var seen [clients]histogram.Histogram
	var answers [clients]chan uint64
	for c := range answers {
		answers[c] = make(chan uint64, 1)
	}
	crew.Run(clients, n, func(client int) {
		runtime.Gosched() // see the package comment
		sent := time.Now()
		requests <- request{answers[client]}
		<-answers[client]
		seen[client].Add(int64(time.Since(sent)))
	})
	close(requests)
	serving.Wait()
	all := new(histogram.Histogram)
	for c := range seen {
		all.Merge(&seen[c])
	}
	return all
}
