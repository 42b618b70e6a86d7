// Package toolchain turns an experiment into two Go trees that can be trusted,
// proves what they are, and tells how two binaries built with them differ.
//
// # What comes in
//
// A folder of patches ([LoadExperiment]): a base, a series of patches that
// gives the before side, a series on top of it that gives the after side. Or
// two bases to compare as they are ([DirectExperiment]). A base is a release
// (release:go1.16.15), a revision of any clone of the Go repository
// (git:PATH_OR_URL@REV), or a folder (goroot:DIR).
//
// # What goes out
//
// Two GOROOTs ([Builder.Build], [Tree]), each with the environment its go
// command is to be started from ([Tree.Environ]); and what changed between two
// linked binaries, function by function ([CompareBinaries]).
//
// # The store
//
// Trees live in the cache, each in a folder named by a digest of everything it
// was made from: base source, patches, recipe, target and build environment.
//
//	sources/go1.16.15.linux-amd64.zip    the release as it was downloaded
//	sources/go1.16.15.linux-amd64.json   its checksum, and who vouches for it
//	trees/KEY/goroot/                    the tree, made where it stands
//	trees/KEY/manifest.json              size, mode, time and hash of its files
//	trees/KEY.lock                       held by the process that makes KEY
//	gocache/KEY/                         build cache of the trees with KEY's compiler
//	objects/                             compiled packages, by all a compiler reads
//	git/                                 bare clones of repositories that bases name by URL
//	forks/PROJECT/EXPERIMENT/            git work trees; the one thing here that can't be made again
//	checks/                              what the gate found, by tree
//	verify/                              where trees are built once more, empty otherwise
//
// A tree counts only once its manifest stands beside it, and the manifest is
// put there last, by rename. Whatever else is found under a key is removed by
// the process that holds the key's lock.
//
// Trees come in layers. A base tree is a release with the commands it ships,
// or another source built by make.bash. A side tree is hard links to the files
// of the layer below, with the patched files in their places. As long as its
// series leaves alone what the compiler is made of, it has the commands and the
// build cache of the layer below (the fast path, fastpath.go), and nothing but
// the changed packages is compiled; otherwise make.bash builds it whole. A
// complete tree ([Builder.Complete]) is a side tree whose commands are built
// from its own source. No file of a finished tree is written to again.
//
// # What can fail
//
// Every error is one line that names the experiment, patch or tree it is
// about, and says what to do. A build that fails, or is interrupted, removes
// what it had begun. No function panics on bad input.
package toolchain
