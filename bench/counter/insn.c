/*
 * A plugin for qemu-user that counts the instructions a Go test binary
 * executes while the timer of its benchmark runs, of all threads together, and
 * writes two totals to a file as it exits:
 *
 *	qemu-x86_64 -plugin insn.so,out=FILE bench.test -test.bench=...
 *
 * The second is what threads spent looking for something to run, from entering
 * runtime.findrunnable to being back in runtime.schedule; the first is the
 * rest. A thread with nothing to do goes on looking for as long as it takes
 * others to make work, so the second depends on time more than on the program.
 *
 * The file is made, empty, as soon as the plugin is loaded.
 *
 * Distributions ship no header for plugins, so what is used of the interface
 * is declared here. API_VERSION names the version of it to ask for.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef void (*tb_trans_cb)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*tb_exec_cb)(unsigned int vcpu, void *data);
typedef void (*exit_cb)(qemu_plugin_id_t, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, tb_trans_cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, tb_exec_cb, int flags, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, exit_cb, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);

enum { CB_NO_REGS = 0 };

int qemu_plugin_version = API_VERSION;

struct count {
	uint64_t work, search;
};

/*
 * One slot for each virtual CPU, which is a thread of the guest, so that they
 * need not agree on a cache line; QEMU's own inline counter is one for all and
 * loses counts. A slot outlives its thread and may serve a later one.
 */
enum { SLOTS = 4096 };
static struct slot {
	struct count n;
	int searching;
	char pad[44];
} slots[SLOTS];

static int timing;          /* whether the benchmark's timer runs */
static struct count before; /* what was counted until the timer was last reset */
static int out = -1;

static struct count total(void)
{
	struct count t = {0, 0};
	int i;

	for (i = 0; i < SLOTS; i++) {
		t.work += __atomic_load_n(&slots[i].n.work, __ATOMIC_RELAXED);
		t.search += __atomic_load_n(&slots[i].n.search, __ATOMIC_RELAXED);
	}
	return t;
}

static struct slot *slot(unsigned int vcpu)
{
	if (vcpu >= SLOTS) {
		fprintf(stderr, "insn: more than %d threads\n", SLOTS);
		_exit(125);
	}
	return &slots[vcpu];
}

/*
 * One of these is called each time a block of instructions is executed, by the
 * function that the block is of. A function can have several blocks, so none
 * minds being called again.
 */

static void executed(unsigned int vcpu, void *size)
{
	struct slot *s = slot(vcpu);
	uint64_t *n = s->searching ? &s->n.search : &s->n.work;

	if (__atomic_load_n(&timing, __ATOMIC_RELAXED))
		__atomic_store_n(n, *n + (uintptr_t)size, __ATOMIC_RELAXED);
}

static void searches(unsigned int vcpu, void *size)
{
	slot(vcpu)->searching = 1;
	executed(vcpu, size);
}

static void schedules(unsigned int vcpu, void *size)
{
	slot(vcpu)->searching = 0;
	executed(vcpu, size);
}

static void resets(unsigned int vcpu, void *size)
{
	before = total();
	executed(vcpu, size);
}

static void starts(unsigned int vcpu, void *size)
{
	__atomic_store_n(&timing, 1, __ATOMIC_RELAXED);
	executed(vcpu, size);
}

static void stops(unsigned int vcpu, void *size)
{
	__atomic_store_n(&timing, 0, __ATOMIC_RELAXED);
	executed(vcpu, size);
}

static const struct {
	const char *symbol;
	tb_exec_cb call;
} calls[] = {
	{"runtime.findrunnable", searches}, /* of older releases */
	{"runtime.findRunnable", searches},
	{"runtime.schedule", schedules},
	{"testing.(*B).ResetTimer", resets},
	{"testing.(*B).StartTimer", starts},
	{"testing.(*B).StopTimer", stops},
};

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uintptr_t size = qemu_plugin_tb_n_insns(tb);
	const char *symbol = qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(tb, 0));
	tb_exec_cb call = executed;
	size_t i;

	(void)id;
	for (i = 0; symbol && i < sizeof calls / sizeof calls[0]; i++)
		if (!strcmp(symbol, calls[i].symbol))
			call = calls[i].call;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, call, CB_NO_REGS, (void *)size);
}

static void exited(qemu_plugin_id_t id, void *data)
{
	struct count t = total();

	(void)id;
	(void)data;
	dprintf(out, "%" PRIu64 " %" PRIu64 "\n", t.work - before.work, t.search - before.search);
	close(out);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
		fprintf(stderr, "insn: needs out=FILE and nothing else\n");
		return -1;
	}
	out = open(argv[0] + 4, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out < 0) {
		perror(argv[0]);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, exited, NULL);
	return 0;
}
