package load

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Process is one line of /proc/PID/stat.
type Process struct {
	PID    int
	Parent int
	Name   string        // at most 15 bytes, as the kernel keeps it
	CPU    time.Duration // user and system time since it started, without its children's
}

// ReadProcess reads the process pid, or the reader itself where pid is "self",
// below root.
func ReadProcess(root, pid string) (Process, error) {
	data, err := os.ReadFile(filepath.Join(root, "proc", pid, "stat"))
	if err != nil {
		return Process{}, err
	}
	return parseProcess(string(data))
}

// ReadProcesses reads every process that can be seen below root, by PID. One
// that ends meanwhile is not among them.
func ReadProcesses(root string) map[int]Process {
	dirs, _ := filepath.Glob(filepath.Join(root, "proc", "[0-9]*"))
	all := make(map[int]Process)
	for _, dir := range dirs {
		if p, err := ReadProcess(root, filepath.Base(dir)); err == nil {
			all[p.PID] = p
		}
	}
	return all
}

// parseProcess reads "PID (NAME) STATE PARENT …". The name may hold spaces and
// parentheses, so it ends at the last one.
func parseProcess(text string) (Process, error) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("no name in %.60q", text)
	}
	p := Process{Name: text[open+1 : end]}
	var err error
	if p.PID, err = strconv.Atoi(strings.TrimSpace(text[:open])); err != nil {
		return Process{}, err
	}
	fields := strings.Fields(text[end+1:]) // from the third on
	if len(fields) < 13 {
		return Process{}, fmt.Errorf("only %d fields of process %d", len(fields)+2, p.PID)
	}
	if p.Parent, err = strconv.Atoi(fields[1]); err != nil {
		return Process{}, err
	}
	for _, f := range fields[11:13] { // utime, stime
		ticks, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return Process{}, err
		}
		p.CPU += time.Duration(ticks) * (time.Second / TicksPerSecond)
	}
	return p, nil
}
