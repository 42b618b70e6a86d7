// Package toolchain turns an experiment into two Go trees that can be trusted,
// and tells how two binaries built with them differ.
//
// # What comes in
//
// A folder of patches ([LoadExperiment]): a base release, a series of patches
// that gives the before side, a series on top of it that gives the after side.
//
// # What goes out
//
// Two GOROOTs built from source ([Builder.Build], [Tree]), each with the
// environment its go command is to be started from ([Tree.Environ]); and what
// changed between two linked binaries, function by function
// ([CompareBinaries]).
//
// # The store
//
// Trees live in the cache, each in a folder named by a digest of everything it
// was made from: base source, patches, recipe, target and build environment.
//
//	sources/go1.16.15.linux-amd64.zip    the release as it was downloaded
//	sources/go1.16.15.linux-amd64.json   its checksum, and who vouches for it
//	trees/KEY/goroot/                    the tree, built where it stands
//	trees/KEY/manifest.json              size, mode, time and hash of its files
//	trees/KEY.lock                       held by the process that builds KEY
//	gocache/KEY/                         build cache of this tree alone
//
// A tree counts only once its manifest stands beside it, and the manifest is
// put there last, by rename. Whatever else is found under a key is removed by
// the process that holds the key's lock.
//
// # What can fail
//
// Every error is one line that names the experiment, patch or tree it is
// about, and says what to do. A build that fails, or is interrupted, removes
// what it had begun. No function panics on bad input.
package toolchain
