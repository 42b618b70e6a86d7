package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
)

func TestGoFlags(t *testing.T) {
	root, sub := new(cobra.Command), &cobra.Command{Use: "sub"}
	sub.Flags().BoolP("save", "s", false, "")
	sub.Flags().String("base", "", "")
	root.AddCommand(sub)
	tests := []struct{ args, want []string }{
		{[]string{"sub", "-save", "x"}, []string{"sub", "--save", "x"}},
		{[]string{"sub", "--save", "-base=a", "-base", "b"}, []string{"sub", "--save", "--base=a", "--base", "b"}},
		{[]string{"sub", "-s", "-saved", "-", "save"}, []string{"sub", "-s", "-saved", "-", "save"}},
		{[]string{"sub", "--", "-save"}, []string{"sub", "--", "-save"}},
	}
	for _, test := range tests {
		if got := goFlags(root, test.args); !slices.Equal(got, test.want) {
			t.Errorf("%q became %q, want %q", test.args, got, test.want)
		}
	}
}
