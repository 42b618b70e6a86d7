package doctor

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// A cgroup is where the limits of a controller are on this process: every
// folder from its own up to the top one that can be seen. Any of them can
// limit it.
type cgroup struct {
	v2      bool
	folders []string // from the root of the file system, without a leading slash
}

// cgroups finds the folders with the limits of a controller, cpu or memory, in
// both hierarchies that a machine may have at once.
func (d *Doctor) cgroups(controller string) []cgroup {
	own, _ := d.read("proc/self/cgroup")
	mounts, _ := d.read("proc/self/mountinfo")
	paths := parseCgroup(own)
	var found []cgroup
	for _, m := range parseMounts(mounts) {
		name := ""
		if !m.v2 {
			if !slices.Contains(m.controllers, controller) {
				continue
			}
			name = controller
		}
		if p, ok := paths[name]; ok {
			found = append(found, cgroup{v2: m.v2, folders: m.folders(p)})
		}
	}
	return found
}

// parseCgroup reads /proc/PID/cgroup: the path of its cgroup for each
// controller of version 1, and for "" that of version 2.
func parseCgroup(text string) map[string]string {
	paths := make(map[string]string)
	for line := range strings.Lines(text) {
		id, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		controllers, p, ok2 := strings.Cut(rest, ":")
		if !ok || !ok2 || !strings.HasPrefix(p, "/") {
			continue
		}
		if id == "0" && controllers == "" {
			paths[""] = p
			continue
		}
		for name := range strings.SplitSeq(controllers, ",") {
			if name != "" {
				paths[name] = p
			}
		}
	}
	return paths
}

// A mount is where a hierarchy of cgroups is mounted.
type mount struct {
	v2          bool
	controllers []string // of version 1
	root        string   // the cgroup that is mounted at point
	point       string
}

// parseMounts finds the hierarchies in /proc/PID/mountinfo.
func parseMounts(text string) []mount {
	var mounts []mount
	for line := range strings.Lines(text) {
		head, tail, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(head), strings.Fields(tail)
		if !ok || len(f) < 5 || len(g) < 3 {
			continue
		}
		m := mount{root: unescape(f[3]), point: unescape(f[4])}
		switch g[0] {
		case "cgroup2":
			m.v2 = true
		case "cgroup":
			m.controllers = strings.Split(g[2], ",")
		default:
			continue
		}
		if strings.HasPrefix(m.point, "/") {
			mounts = append(mounts, m)
		}
	}
	return mounts
}

// unescape undoes the octal escapes of mountinfo, as of a space by \040.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+4 <= len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// folders lists the folder of the cgroup p and those above it. A cgroup that
// lies outside of what is mounted can't be seen, which leaves the top one.
func (m *mount) folders(p string) []string {
	top := strings.TrimPrefix(path.Clean(m.point), "/")
	rel := path.Clean(p)
	if root := path.Clean(m.root); root != "/" {
		inside := rel == root || strings.HasPrefix(rel, root+"/")
		rel = strings.TrimPrefix(rel, root)
		if !inside {
			rel = ""
		}
	}
	var list []string
	for dir := path.Join(top, rel); ; dir = path.Dir(dir) {
		list = append(list, dir)
		if dir == top || dir == "." || dir == "/" || len(dir) < len(top) {
			return list
		}
	}
}
