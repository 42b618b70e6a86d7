package toolchain

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inNamespace runs the named test again in a mount namespace of its own, where
// mounting needs no privilege, and reports whether this is that second run.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const again = "PATCHBENCH_TEST_NAMESPACE"
	if os.Getenv(again) == t.Name() {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), again+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if _, ran := err.(*exec.ExitError); err != nil && !ran {
		t.Skipf("this system grants no namespace to mount a small disk in: %v", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v:\n%s", err, out)
	}
	return false
}

// mountCache puts the fixture's cache on a disk of its own.
func (fx *fixture) mountCache(t *testing.T, options string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", fx.Cache.Dir, "tmpfs", 0, options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(fx.Cache.Dir, 0) })
}

// TestFullDisk builds on disks from too small for anything to large enough.
// Each failure must say what to do and leave nothing half-made.
func TestFullDisk(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	failed, built := 0, 0
	for pages := 1; built == 0 && pages < 200; pages += 3 {
		t.Run(fmt.Sprint(pages, " pages"), func(t *testing.T) {
			fx := newFixture(t)
			fx.mountCache(t, fmt.Sprintf("size=%dk", 4*pages))
			_, _, err := fx.Build(t.Context(), fx.experiment(t, "2", "3"))
			if err == nil {
				built++
				return
			}
			failed++
			wantError(t, err, "o space left on device", "make room", "PATCHBENCH_CACHE")
			for _, path := range fx.left(t) {
				if strings.Contains(path, "trees") && !exists(filepath.Join(path, "manifest.json")) || strings.Contains(path, "partial") {
					t.Errorf("left behind: %s", path)
				}
			}
		})
	}
	if failed == 0 || built == 0 {
		t.Errorf("%d disks were too small and %d large enough; want some of each", failed, built)
	}
}

// TestReadOnlyDisk checks that trees on a read-only disk are used, and that
// nothing can be added there.
func TestReadOnlyDisk(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	fx := newFixture(t)
	fx.mountCache(t, "")
	e := fx.experiment(t, "2", "3")
	fx.build(t, e)
	if err := syscall.Mount("", fx.Cache.Dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if before, after := fx.build(t, e); !before.Reused || !after.Reused {
		t.Error("the trees were not used again")
	}
	_, _, err := fx.Build(t.Context(), fx.experiment(t, "2", "4"))
	wantError(t, err, "read-only file system", "set PATCHBENCH_CACHE to a folder you can write to")
}

// TestCacheDeleted removes the cache while a tree is being built in it.
func TestCacheDeleted(t *testing.T) {
	fx := newFixture(t)
	go func() {
		waitFor(t, fx.calls+".sleeping")
		for exists(fx.Cache.Dir) {
			os.RemoveAll(fx.Cache.Dir)
		}
		if err := os.WriteFile(fx.calls+".wake", nil, 0o666); err != nil {
			t.Error(err)
		}
	}()
	_, _, err := fx.Build(t.Context(), fx.experiment(t, "SLEEP", "3"))
	wantError(t, err, "was removed from the cache meanwhile", "run again")
}

// TestUmask checks that a user's umask makes no other tree.
func TestUmask(t *testing.T) {
	fx := newFixture(t)
	e := fx.experiment(t, "2", "3")
	digests := make(map[string]bool)
	for _, umask := range []int{0o022, 0o077} {
		old := syscall.Umask(umask)
		defer syscall.Umask(old)
		cache, err := OpenCache(filepath.Join(fx.dir, fmt.Sprint("cache", umask)), nil)
		if err != nil {
			t.Fatal(err)
		}
		fx.Cache = cache
		before, after := fx.build(t, e)
		digests[before.Digest+after.Digest] = true
		for _, tree := range []*Tree{before, after} {
			if info, err := os.Stat(filepath.Join(tree.GOROOT, "src", "f.go")); err != nil || info.Mode() != 0o644 {
				t.Errorf("with umask %o: %v, %v", umask, info, err)
			}
		}
		if again, _ := fx.build(t, e); !again.Reused {
			t.Errorf("with umask %o, the trees were not used again", umask)
		}
	}
	if len(digests) != 1 {
		t.Errorf("the umask made other trees: %v", digests)
	}
}
