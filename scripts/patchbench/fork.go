package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"patchbench/toolchain"
)

// patches is the project's folder of experiments, with a builder for them.
func (a *app) patches() (dir string, b *toolchain.Builder, err error) {
	if err := a.findRoot(); err != nil {
		return "", nil, err
	}
	cache, err := toolchain.OpenCache(a.getenv("PATCHBENCH_CACHE"), a.env)
	if err != nil {
		return "", nil, err
	}
	return filepath.Join(a.root, "patches"), &toolchain.Builder{Cache: cache, Go: "go", Env: a.env, Log: a.ui.logf, Project: a.root}, nil
}

// oneExperiment is for commands that take one and nothing else.
func oneExperiment(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes one experiment: see %s --help", cmd.CommandPath(), cmd.CommandPath())
	}
	return nil
}

func (a *app) forkCommand() *cobra.Command {
	var save bool
	cmd := &cobra.Command{
		Use:   "fork EXPERIMENT",
		Short: "Make a git work tree of an experiment, or save it",
		Long: `Fork prints the path of a git work tree with the experiment's source: the base
as the first commit (tag base), then a commit for each patch (tags before and
after). It is made if there is none, and else left as it is, so that

	cd "$(patchbench fork EXPERIMENT)"

always leads there. Edit, commit and rebase as usual. The commits behind the
tag before are what is measured: compare, build and run take them as they are,
saved or not, and uncommitted edits too, and say so.

With --save the commits become the experiment's patches. The files of patches
that have not changed stay as they are to the last byte.`,
		Args:              oneExperiment,
		ValidArgsFunction: a.completeExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, b, err := a.patches()
			if err != nil {
				return err
			}
			if save {
				did, err := b.SaveFork(cmd.Context(), dir, args[0])
				if err != nil {
					return err
				}
				return a.tell(did)
			}
			a.ui.begin("fork")
			tree, err := b.Fork(cmd.Context(), dir, args[0])
			if err != nil {
				return err
			}
			a.ui.close()
			_, err = fmt.Fprintln(a.stdout, tree)
			return err
		},
	}
	cmd.Flags().BoolVar(&save, "save", false, "write the commits back as the experiment's patches")
	return cmd
}

// tell prints what was done to an experiment's files.
func (a *app) tell(did []string) error {
	a.ui.close()
	if len(did) == 0 {
		did = []string{"nothing to save: the patches are as the fork has them"}
	}
	for _, line := range did {
		if _, err := fmt.Fprintln(a.stdout, line); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) rebaseCommand() *cobra.Command {
	var base string
	cmd := &cobra.Command{
		Use:   "rebase EXPERIMENT --base BASE",
		Short: "Carry an experiment to another base",
		Long: `Rebase carries the experiment's patches to another base by three-way merge, in
its fork, and saves them with the new base. Where a patch is in conflict with
the new base it stops, as git rebase does: resolve that in the fork, finish
with git rebase --continue, and save with patchbench fork --save.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if base == "" {
				return errors.New("rebase needs --base, the base to carry the patches to, as in --base release:go1.27.4")
			}
			return oneExperiment(cmd, args)
		},
		ValidArgsFunction: a.completeExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, b, err := a.patches()
			if err != nil {
				return err
			}
			a.ui.begin("rebase")
			did, err := b.Rebase(cmd.Context(), dir, args[0], base)
			if err != nil {
				return err
			}
			return a.tell(did)
		},
	}
	cmd.Flags().StringVar(&base, "base", "", "the new base: release:goX.Y.Z, git:PATH_OR_URL@REV or goroot:DIR")
	return cmd
}
