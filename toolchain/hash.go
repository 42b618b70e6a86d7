package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
	"syscall"
)

// A hashMemo remembers the hashes of files while trees that share files are
// looked at one after the other. The zero value is ready; a nil one remembers
// nothing.
type hashMemo struct {
	mu   sync.Mutex
	sums map[fileID]string
}

// A fileID tells files apart, and a file from what it was before a write.
type fileID struct {
	dev, ino    uint64
	size, mtime int64
}

// hash returns the SHA-256 of a file in hexadecimal.
func (m *hashMemo) hash(ctx context.Context, path string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	var id fileID
	if st, ok := info.Sys().(*syscall.Stat_t); ok && m != nil {
		id = fileID{uint64(st.Dev), st.Ino, info.Size(), info.ModTime().UnixNano()}
		m.mu.Lock()
		sum := m.sums[id]
		m.mu.Unlock()
		if sum != "" {
			return sum, nil
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.sums == nil {
			m.sums = make(map[fileID]string)
		}
		m.sums[id] = sum
	}
	return sum, nil
}

// inheritHashes fills in the hashes of those files of m that are the very
// files from describes, by links.
func inheritHashes(m, from *manifest) error {
	known := make(map[string]treeFile, len(from.Files))
	for _, f := range from.Files {
		known[f.Name] = f
	}
	for i, f := range m.Files {
		k, ok := known[f.Name]
		if !ok || k.Size != f.Size || k.ModTime != f.ModTime {
			continue
		}
		same, err := sameFile(m.path(f), from.path(f))
		if err != nil {
			return err
		}
		if same {
			m.Files[i].SHA256 = k.SHA256
		}
	}
	return nil
}

func sameFile(a, b string) (bool, error) {
	ia, err := os.Lstat(a)
	if err != nil {
		return false, err
	}
	ib, err := os.Lstat(b)
	if err != nil {
		return false, err
	}
	return os.SameFile(ia, ib), nil
}
