package toolchain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkAfterReady edits the runtime on the after side of the first
// experiment and makes the after tree ready to compile benchmarks with, the
// store being warm. of-make.bash is its share of the wall time that make.bash
// takes for the same source, once, in the same run; own-bytes is the disk that
// the new tree takes beside what it shares.
func BenchmarkAfterReady(b *testing.B) {
	builder := realBuilder(b)
	e, _, after := realSeed(b, builder)
	makeBash := timeMakeBash(b, builder, after)
	own := int64(0)
	series := e.After
	for b.Loop() {
		b.StopTimer()
		e.After = append(slices.Clip(series), editNumber(time.Now().UnixNano()&0x7fffffff))
		b.StartTimer()
		_, tree, err := builder.Build(b.Context(), e)
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		if tree.Reused || tree.Slow != "" {
			b.Fatalf("the tree was reused (%t) or slow (%s)", tree.Reused, tree.Slow)
		}
		own += ownBytes(b, filepath.Dir(tree.GOROOT))
		if err := builder.wipe(tree.plan); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/makeBash.Seconds(), "of-make.bash")
	b.ReportMetric(makeBash.Seconds(), "make.bash-sec")
	b.ReportMetric(float64(own)/float64(b.N), "own-bytes")
}

// timeMakeBash builds a copy of t by make.bash.
func timeMakeBash(b *testing.B, builder *Builder, t *Tree) time.Duration {
	b.Helper()
	dir := b.TempDir()
	root := filepath.Join(dir, "goroot")
	if err := linkTree(b.Context(), t.GOROOT, root); err != nil {
		b.Fatal(err)
	}
	if err := unshare(root, "bin", "pkg"); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := builder.makeBash(b.Context(), root, filepath.Join(dir, "scratch"), false, nil); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// editNumber is a patch that makes a function of the collector one that was never
// compiled before, if n is a number that was never used.
func editNumber(n int64) Patch {
	data := fmt.Appendf(nil, "--- a/src/runtime/mgc.go\n+++ b/src/runtime/mgc.go\n@@ -1600,2 +1600,5 @@\n func gcBgMarkPrepare() {\n+\tif work.nproc == %d {\n+\t\treturn\n+\t}\n \t// Background marking will stop when the work queues are empty\n", n)
	sum := sha256.Sum256(data)
	return Patch{File: "after/edit.patch", Subject: "edit", SHA256: hex.EncodeToString(sum[:]), data: data}
}

// ownBytes is the disk taken by folders below dir, and by files that have no
// other name.
func ownBytes(b *testing.B, dir string) (bytes int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok && (entry.IsDir() || st.Nlink == 1) {
			bytes += st.Blocks * 512
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return bytes
}
