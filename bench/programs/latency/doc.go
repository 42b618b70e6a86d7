// Package latency answers requests while the collector runs: 4 clients send
// one request at a time each to 4 servers and wait for the answer. Every
// request reads 2 sessions and renews 2, in a live heap of 8 MB.
//
// It loads everything of a cycle that makes somebody wait: stopped worlds,
// assists in the middle of an answer, Ps taken by mark workers, and worse
// places in the run queues. It reports p50-ns, p99-ns and p99.9-ns of the time
// from sending a request to having its answer; ns/op is beside the point.
// pause-p50-ns and pause-p99-ns are how long cycles stopped the world, of the
// last 256 cycles if there were more.
//
// Why mark worker preemption could show here: a worker that keeps its M, or is
// queued like any goroutine when it should have parked, takes a turn from a
// server that is ready. It happens a few times a cycle, to one request in some
// hundreds: in p99, not in p50.
//
// The clients are a closed loop, so a stall delays 4 requests and not all that
// would have come meanwhile: the quantiles compare two runtimes, and do not
// forecast a service's. Each client yields before it sends. Otherwise a client
// and a server that wake each other may hold a P for a whole time slice of 10
// ms, and p99.9 would measure that. With more Ps than the machine has cores
// the operating system's time slices are in p99 too.
package latency
