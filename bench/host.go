package bench

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"patchbench/results"
)

// LocalHost describes this machine.
func LocalHost() results.Host {
	h := results.Host{
		GOOS:   runtime.GOOS,
		GOARCH: runtime.GOARCH,
		Cores:  runtime.NumCPU(),
		CPU:    "unknown",
	}
	h.Name, _ = os.Hostname()
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if cpu := parseCPUInfo(string(data)); cpu != "" {
			h.CPU = cpu
		}
	}
	if data, err := os.ReadFile("/proc/meminfo"); err == nil {
		h.Memory = parseMemInfo(string(data))
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	h.Class = hostClass(h)
	return h
}

// parseCPUInfo names the processor as /proc/cpuinfo does: by model name on
// amd64, by the numbers of implementer and part on arm64.
func parseCPUInfo(text string) string {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, ":")
		key = strings.TrimSpace(key)
		if _, have := values[key]; ok && !have {
			values[key] = strings.Join(strings.Fields(value), " ")
		}
	}
	if m := values["model name"]; m != "" {
		return m
	}
	if i, p := values["CPU implementer"], values["CPU part"]; i != "" && p != "" {
		return "implementer " + i + " part " + p
	}
	return ""
}

func parseMemInfo(text string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10
		}
	}
	return 0
}

var (
	trademark = regexp.MustCompile(`\((R|TM|tm|r)\)|@.*|\b(CPU|Processor)\b`)
	notName   = regexp.MustCompile(`[^a-z0-9]+`)
)

// hostClass makes the class fit for a file name.
func hostClass(h results.Host) string {
	cpu := strings.ToLower(trademark.ReplaceAllString(h.CPU, " "))
	cpu = strings.Trim(notName.ReplaceAllString(cpu, "-"), "-")
	return fmt.Sprintf("%s-%s-%s-%dcores", h.GOOS, h.GOARCH, cpu, h.Cores)
}
