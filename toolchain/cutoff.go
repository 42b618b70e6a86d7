package toolchain

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// The go command compiles a package again whenever a package it imports has
// other contents. After an edit of the runtime that is every package there is,
// though the compiler reads no more of an import than its export data, and that
// seldom changes. The cutoff steps in at this point: as -toolexec of the go
// command it answers a call of the compiler with the object of an earlier call
// that read the same. What the go command links is the same, byte for byte.

// CutoffArg, as the first argument, makes a program that calls [CutoffMain]
// stand in for the tool that the rest of its command line names.
const CutoffArg = "__tool"

// objectsVariable tells the stand-in where objects are kept. It starts with no
// GO, as variables that do are part of what a compiler reads.
const objectsVariable = "PATCHBENCH_OBJECTS"

// CutoffFlags returns the flags for a go command that make program, whose main
// hands over to [CutoffMain], its cutoff, and the variables to put into the go
// command's environment. There are none if the program's path can't be passed
// on; the go command then compiles what it wants to.
func (c *Cache) CutoffFlags(program string) (flags, env []string) {
	if program == "" || strings.ContainsAny(program, "'\"\n") {
		return nil, nil
	}
	return []string{"-toolexec='" + program + "' " + CutoffArg}, []string{objectsVariable + "=" + c.path("objects")}
}

// CutoffMain is the main of the stand-in: args is the tool and its arguments.
// It returns the exit status, unless it becomes the tool.
func CutoffMain(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "patchbench: no tool to stand in for")
		return 2
	}
	dir := os.Getenv(objectsVariable)
	if call := parseCompile(args); call != nil && dir != "" {
		if done, status := call.answer(dir); done {
			return status
		}
	}
	err := syscall.Exec(args[0], args, os.Environ())
	fmt.Fprintf(os.Stderr, "patchbench: starting %s: %v\n", args[0], err)
	return 2
}

// answer gives the compiler's answer from dir, or from the compiler and then
// keeps it there. It does nothing, and reports so, if it can't tell what the
// compiler would read.
func (c *compileCall) answer(dir string) (done bool, status int) {
	key, err := c.key(dir)
	if err != nil {
		return false, 0
	}
	path := filepath.Join(dir, key[:2], key)
	if o := loadObject(path); o != nil && c.deliver(o) == nil {
		return true, 0
	}
	var said bytes.Buffer
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, &said, &said
	err = cmd.Run()
	os.Stdout.Write(said.Bytes())
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		return true, max(exit.ExitCode(), 1)
	}
	if err != nil {
		return false, 0
	}
	if said.Len() == 0 {
		c.keep(dir, key, path)
	}
	return true, 0
}

// keep stores what the compiler wrote. It may well not: an object that isn't
// kept is compiled again, no more. It does not if a source was edited while the
// compiler read it.
func (c *compileCall) keep(dir, key, path string) {
	if now, err := c.key(dir); err != nil || now != key {
		return
	}
	if o, err := c.collect(); err == nil {
		_ = o.store(path)
	}
}

// A compileCall is a call of the compiler whose result depends on nothing but
// what key lists.
type compileCall struct {
	args    []string // the compiler and its arguments
	flags   []string // those that are part of the key
	values  map[string]string
	sources []string
}

// valueFlags are the compiler's flags with a value of their own argument, and
// whether the value goes into the key as it is.
func valueFlags() map[string]bool {
	return map[string]bool{
		"-D": true, "-goversion": true, "-installsuffix": true, "-lang": true, "-p": true,
		"-asmhdr": false, "-buildid": false, "-importcfg": false, "-o": false, "-symabis": false, "-trimpath": false,
	}
}

// plainFlags are those without one.
func plainFlags() []string {
	return []string{"-+", "-complete", "-dwarf=false", "-nolocalimports", "-pack", "-shared", "-std"}
}

// parseCompile returns the call that a command line makes, or nil if it is none
// of the compiler, or has a flag whose meaning isn't known here.
func parseCompile(args []string) *compileCall {
	if strings.TrimSuffix(filepath.Base(args[0]), ".exe") != "compile" {
		return nil
	}
	c := &compileCall{args: args, values: make(map[string]string)}
	values, plain := valueFlags(), plainFlags()
	for i := 1; i < len(args); i++ {
		arg := args[i]
		name, value, joined := strings.Cut(arg, "=")
		keyed, takesValue := values[name]
		switch {
		case !strings.HasPrefix(arg, "-"):
			c.sources = append(c.sources, arg)
		case len(c.sources) > 0:
			return nil
		case strings.HasPrefix(arg, "-c="): // how many of its threads compile
		case slices.Contains(plain, arg):
			c.flags = append(c.flags, arg)
		case takesValue:
			if !joined {
				if i++; i == len(args) {
					return nil
				}
				value = args[i]
			}
			if keyed {
				c.flags = append(c.flags, name, value)
			} else {
				c.values[name] = value
			}
		default:
			return nil
		}
	}
	for _, source := range c.sources {
		if filepath.Ext(source) != ".go" {
			return nil
		}
	}
	if c.values["-o"] == "" || c.values["-buildid"] == "" || len(c.sources) == 0 {
		return nil
	}
	return c
}
