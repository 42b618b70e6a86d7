package report

import (
	"regexp"
	"strings"
)

// plainWord matches what a shell takes as it stands, and no command for a flag.
var plainWord = regexp.MustCompile(`^[a-zA-Z0-9_./+,:=@%][-a-zA-Z0-9_./+,:=@%]*$`)

// shellWord quotes s for a POSIX shell.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
