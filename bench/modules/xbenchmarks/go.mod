// The line of golang.org/x/benchmarks in go.sum was computed from its repository
// (zip.CreateFromVCS and dirhash of golang.org/x/mod), as the proxy at hand
// refuses the module; the checksum database has not confirmed it.

module patchbench/modules/xbenchmarks

go 1.16

// What the master branch held in February 2021, when go1.16 was released.
require golang.org/x/benchmarks v0.0.0-20191128100916-8f6035fd2e05
