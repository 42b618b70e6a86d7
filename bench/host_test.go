package bench

import (
	"testing"

	"patchbench/results"
)

func TestHostClass(t *testing.T) {
	for _, test := range []struct{ cpuinfo, want string }{
		{"processor : 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz\nmodel name : other\n", "linux-amd64-intel-xeon-e5-2680-v4-2cores"},
		{"model name : AMD EPYC 7B13 64-Core Processor\n", "linux-amd64-amd-epyc-7b13-64-core-2cores"},
		{"CPU implementer : 0x41\nCPU part : 0xd0c\n", "linux-amd64-implementer-0x41-part-0xd0c-2cores"},
	} {
		h := results.Host{GOOS: "linux", GOARCH: "amd64", CPU: parseCPUInfo(test.cpuinfo), Cores: 2}
		if got := hostClass(h); got != test.want {
			t.Errorf("%q: class %s, want %s", test.cpuinfo, got, test.want)
		}
	}
	if got := parseMemInfo("MemTotal:       2048 kB\nMemFree: 1 kB\n"); got != 2<<20 {
		t.Errorf("memory %d", got)
	}
}
