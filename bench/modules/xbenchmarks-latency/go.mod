// The line of golang.org/x/benchmarks in go.sum was computed from its repository
// (zip.CreateFromVCS and dirhash of golang.org/x/mod), as the proxy at hand
// refuses the module; the checksum database has not confirmed it.

module patchbench/modules/xbenchmarks-latency

go 1.16

// The first commit with gc_latency: December 2021 is before it, and it compiles
// with go1.16.
require golang.org/x/benchmarks v0.0.0-20230828202459-3cfa5422aa8a
