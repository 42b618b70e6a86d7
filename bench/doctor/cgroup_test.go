package doctor

import (
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	v1Mounts = "30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n" +
		"31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n" +
		"34 30 0:31 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	v2Mounts = "29 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
)

// The tightest limit on the way from a process to the top counts, in either
// hierarchy.
func TestTightestLimit(t *testing.T) {
	for _, test := range []struct {
		name, mounts, cgroup string
		files                map[string]string
		cpus, memory         float64 // 0 where there is no limit
		file                 string
		blind                bool
	}{
		{name: "nothing", blind: true},
		{name: "v2 top", mounts: v2Mounts, cgroup: "0::/\n", files: map[string]string{"cgroup.controllers": "cpu memory"}},
		{
			name: "v2 parent", mounts: v2Mounts, cgroup: "0::/a/b c\n", cpus: 1.5, memory: 1 << 29, file: "sys/fs/cgroup/a/cpu.max",
			files: map[string]string{"a/b c/cpu.max": "max 100000", "a/cpu.max": "150000 100000", "a/b c/memory.max": "max", "a/b c/memory.high": "536870912"},
		},
		{
			name: "v2 own", mounts: v2Mounts, cgroup: "0::/a/b\n", cpus: 0.25, file: "sys/fs/cgroup/a/b/cpu.max",
			files: map[string]string{"a/b/cpu.max": "12500 50000", "a/cpu.max": "400000 100000", "a/memory.max": "max"},
		},
		{
			name: "v1", mounts: v1Mounts, cgroup: "4:cpu,cpuacct:/x/y\n3:memory:/docker/abc/z\n", cpus: 2, memory: 1 << 30, file: "sys/fs/cgroup/cpu,cpuacct/x/y/cpu.cfs_quota_us",
			files: map[string]string{
				"cpu,cpuacct/x/y/cpu.cfs_quota_us": "200000", "cpu,cpuacct/x/y/cpu.cfs_period_us": "100000",
				"cpu,cpuacct/x/cpu.cfs_quota_us": "-1", "cpu,cpuacct/x/cpu.cfs_period_us": "100000",
				"memory/z/memory.limit_in_bytes": "9223372036854771712", "memory/memory.limit_in_bytes": "1073741824",
			},
		},
		{
			name: "outside of the mount", mounts: v1Mounts, cgroup: "3:memory:/elsewhere\n", memory: 1 << 20, blind: true,
			files: map[string]string{"memory/memory.limit_in_bytes": "1048576"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &Doctor{Root: t.TempDir()}
			files := map[string]string{"proc/self/mountinfo": test.mounts, "proc/self/cgroup": test.cgroup}
			for name, text := range test.files {
				files[path.Join("sys/fs/cgroup", name)] = text
			}
			for name, text := range files {
				p := filepath.Join(d.Root, name)
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, []byte(text+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			l, seen := d.cpuLimit()
			if test.cpus == 0 {
				test.cpus = math.Inf(1)
			}
			if l.value != test.cpus || l.file != test.file || seen == test.blind {
				t.Errorf("got %v CPUs by %q, seen %t", l.value, l.file, seen)
			}
			const total = 1 << 40
			if test.memory == 0 {
				test.memory = total
			}
			if m := d.memoryLimit(total); m.value != test.memory {
				t.Errorf("got %v bytes by %q", m.value, m.file)
			}
		})
	}
}

func TestCountList(t *testing.T) {
	for text, want := range map[string]int{"0": 1, "0-3": 4, "0-1,4,6-7": 5, "": 0, "3-1": 0, "0-": 0, "a": 0, "0-99999": 0} {
		if got := countList(text); got != want {
			t.Errorf("countList(%q) = %d, want %d", text, got, want)
		}
	}
}

func FuzzCPUMax(f *testing.F) {
	for _, s := range []string{"max 100000", "150000 100000", "", "1", "0 0", "-1 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if cpus, err := parseCPUMax(text); err == nil && (math.IsNaN(cpus) || cpus < 0) {
			t.Errorf("%q is %v CPUs", text, cpus)
		}
	})
}

// Whatever the kernel says, no folder outside of where the hierarchy is
// mounted is looked at.
func FuzzCgroups(f *testing.F) {
	f.Add(v2Mounts, "0::/a/b\n")
	f.Add(v1Mounts, "4:cpu,cpuacct:/x\n3:memory:/docker/abc/z\n")
	f.Add(`29 23 0:26 / /sys/fs/c\040group rw - cgroup2 cgroup2 rw`, "0::/../../..\n")
	f.Fuzz(func(t *testing.T, mounts, own string) {
		for _, m := range parseMounts(mounts) {
			top := strings.TrimPrefix(path.Clean(m.point), "/")
			for _, p := range parseCgroup(own) {
				list := m.folders(p)
				if len(list) == 0 || list[len(list)-1] != path.Clean(top) && top != "" {
					t.Fatalf("%q on %+v: %q does not end at the top", p, m, list)
				}
				if slices.ContainsFunc(list, func(dir string) bool { return dir == ".." || strings.HasPrefix(dir, "../") }) {
					t.Fatalf("%q on %+v: %q leaves the root", p, m, list)
				}
			}
		}
	})
}
