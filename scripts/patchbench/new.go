package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"patchbench/toolchain"
)

func (a *app) newCommand() *cobra.Command {
	var base string
	var files []string
	cmd := &cobra.Command{
		Use:   "new NAME --base BASE [--patch FILE ...]",
		Short: "Start an experiment, from patches if there are some",
		Long: `New makes the folder NAME in patches: an experiment that claims no loss, with
the patches as its after series. FILE is what git format-patch wrote, an mbox
with several mails, a plain diff, a .patch of GitHub or Gerrit, or - for
standard input. The patches must apply to the base, in this order.

Without --patch it is an experiment that has no patches yet: make them as
commits in its fork (patchbench fork NAME), and save them.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%s takes one name: see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			if base == "" {
				return errors.New("new needs --base, the source the patches are for, as in --base release:go1.26.9")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, b, err := a.patches()
			if err != nil {
				return err
			}
			mails, err := readMails(cmd.InOrStdin(), files)
			if err != nil {
				return err
			}
			a.ui.begin("new")
			name := args[0]
			if err := b.NewExperiment(cmd.Context(), dir, name, base, mails); err != nil {
				return err
			}
			a.ui.close()
			made := display(filepath.Join(dir, name))
			if len(mails) == 0 {
				_, err = fmt.Fprintf(a.stdout, "%s has no patches yet\nmake commits:  cd \"$(patchbench fork %s)\"\nsave them:     patchbench fork --save %s\n", made, name, name)
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s\nmeasure it:  patchbench compare %s\n", made, name)
			return err
		},
	}
	cmd.Flags().StringVar(&base, "base", "", "the base: release:goX.Y.Z, git:PATH_OR_URL@REV or goroot:DIR")
	cmd.Flags().StringArrayVar(&files, "patch", nil, "a file with one or more patches, - for standard input; may be repeated")
	return cmd
}

// readMails reads files, and stdin for a name of "-".
func readMails(stdin io.Reader, files []string) ([]toolchain.Mail, error) {
	var mails []toolchain.Mail
	for _, file := range files {
		m := toolchain.Mail{Name: file}
		var err error
		if file == "-" {
			m.Name = "standard input"
			m.Data, err = io.ReadAll(stdin)
		} else {
			m.Data, err = os.ReadFile(file)
		}
		if err != nil {
			return nil, fmt.Errorf("reading patches: %w", err)
		}
		mails = append(mails, m)
	}
	return mails, nil
}
