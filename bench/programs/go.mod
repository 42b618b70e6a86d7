module patchbench/programs

go 1.16
