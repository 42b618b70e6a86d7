// The line of golang.org/x/benchmarks in go.sum was computed from its repository
// (zip.CreateFromVCS and dirhash of golang.org/x/mod), as the proxy at hand
// refuses the module; the checksum database has not confirmed it.

module patchbench/modules/xbenchmarks-go1.26

go 1.26.0

// The newest commit in November 2026; it needs go1.26.
require golang.org/x/benchmarks v0.0.0-20260819172200-70693762b6a0
