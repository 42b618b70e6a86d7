package toolchain

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// A Mail is a file with patches as people send them: what git format-patch
// writes, an mbox with a mail for each patch, a plain diff, a .patch file of
// GitHub, and one of Gerrit, which is one of these in base64.
type Mail struct {
	Name string // for messages
	Data []byte
}

// screen refuses what can be seen to be no good before anything is done about
// the base. Mails whose text is encoded are left for git to decode.
func (m Mail) screen() error {
	data := unixLines(decodeGerrit(m.Data))
	if encodedMail.Match(data) {
		return nil
	}
	if _, err := parsePatch(data); err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	return nil
}

var encodedMail = regexp.MustCompile(`(?im)^Content-Transfer-Encoding:\s*(base64|quoted-printable)`)

// splitMail returns the mails that m holds, in their order, with line feeds
// alone where every line had a carriage return too.
func (r repo) splitMail(ctx context.Context, m Mail) (letters [][]byte, err error) {
	data := unixLines(decodeGerrit(m.Data))
	if !bytes.HasPrefix(data, []byte("From ")) {
		return [][]byte{data}, nil
	}
	dir, err := os.MkdirTemp(r.gitDir, "mails-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	// Files of the tree may have carriage returns, and then patches must.
	if _, err := r.do(ctx, nil, data, "mailsplit", "--keep-cr", "-o"+dir); err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*")) // in the order of their numbers
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		letter, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		letters = append(letters, letter)
	}
	return letters, nil
}

// decodeGerrit takes off the base64 that Gerrit sends patches in.
func decodeGerrit(data []byte) []byte {
	packed := bytes.Join(bytes.Fields(data), nil)
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	n, err := base64.StdEncoding.Decode(plain, packed)
	if err != nil || n == 0 {
		return data
	}
	return plain[:n]
}
