package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// goFlags lets flags be written with one dash, as those of the go command
// are: -save for --save. Only names that some command has are taken for such,
// so that -n stays what it is.
func goFlags(root *cobra.Command, args []string) []string {
	known := func(name string) bool {
		return slices.ContainsFunc(root.Commands(), func(cmd *cobra.Command) bool { return cmd.Flags().Lookup(name) != nil })
	}
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		if arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && len(name) > 1 && known(name) {
			out[i] = "-" + arg
		}
	}
	return out
}
