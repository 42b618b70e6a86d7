# make compare   what does the patch cost? (EXPERIMENT, SUITE, BUDGET, RESULTS)
# make gate      the same, failing unless the verdict is no loss or improvement
# make test      the tests of patchbench itself
# make bench     how fast patchbench itself is, into results/speed
# make calibrate how often are verdicts wrong on this host? (EXPERIMENT, SIZE, RESULTS)
# make simulate  what the verdicts' promises are worth, into results/simulation
# make drill     long ones: real trees proven in full, each parser fuzzed for a minute

EXPERIMENT = mark-worker-preemption
SUITE      = quick
SIZE       = quick
BUDGET     = 8m
RESULTS    = results

# The go command that builds patchbench itself takes none of these from the
# caller; what patchbench starts gets an environment of its own.
unexport GOFLAGS GOENV GOROOT GOTOOLCHAIN GOWORK GODEBUG GOEXPERIMENT

CACHE = $(or $(PATCHBENCH_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/patchbench)
COMPARE = compare --all --suite '$(SUITE)' --budget '$(BUDGET)' --results '$(RESULTS)' '$(EXPERIMENT)'

.PHONY: compare gate calibrate test bench drill simulate

compare:
	@go build -o '$(CACHE)/bin/patchbench' ./scripts/patchbench
	@'$(CACHE)/bin/patchbench' $(COMPARE) --exit-zero

gate:
	@go build -o '$(CACHE)/bin/patchbench' ./scripts/patchbench
	@'$(CACHE)/bin/patchbench' $(COMPARE)

calibrate:
	@go build -o '$(CACHE)/bin/patchbench' ./scripts/patchbench
	@'$(CACHE)/bin/patchbench' calibrate --size '$(SIZE)' --results '$(RESULTS)' '$(EXPERIMENT)'

# The tests that build real toolchains share what they build. One package at a
# time: what one builds would disturb what another measures.
test: export PATCHBENCH_TEST_CACHE = $(CACHE)/test
test:
	go vet ./...
	go test -p 1 -timeout 40m ./...
	cd bench/programs && go vet ./... && go test ./...

# Each figure comes with what it is compared with, from the same run.
bench: export PATCHBENCH_TEST_CACHE = $(CACHE)/test
bench: SPEED := results/speed/$(shell date -u +%Y%m%dT%H%M%SZ).txt
bench:
	@mkdir -p results/speed
	@{ echo "date: $$(date -u +%Y-%m-%d)"; echo "commit: $$(git describe --always --dirty)"; echo "cores: $$(nproc)"; \
		echo "kernel: $$(uname -sr)"; echo "load-before: $$(cut -d' ' -f1-3 /proc/loadavg)"; \
		go test -timeout 2h -run '^$$' -bench . -benchtime 3x ./toolchain ./analysis ./scripts/patchbench; } >'$(SPEED).partial'
	@mv '$(SPEED).partial' '$(SPEED)'
	@cat '$(SPEED)'

# Real noise to replay is that of the calibration's run that is kept.
simulate:
	go run ./scripts/patchbench simulate --replay "$$(ls -d results/calibration/*/ | tail -n 1)"

drill: export PATCHBENCH_TEST_CACHE = $(CACHE)/test
drill:
	PATCHBENCH_DRILL=1 go test -timeout 2h -run 'Drill$$' ./toolchain ./bench
	@set -e; for pkg in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 1m -fuzzminimizetime 1s $$pkg; \
		done; \
	done
