# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl: one tool and one kernel module.  `make help` lists what can be made.

VERSION := 0.1.0

KDIR    ?= /lib/modules/$(shell uname -r)/build
PREFIX  ?= /usr/local
DESTDIR ?=
SBINDIR ?= $(PREFIX)/sbin
MANDIR  ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
SPECDIR ?= $(PREFIX)/share/kctl

BUILD      ?= build
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
LIBS       := libmnl jansson

# `make V=1` shows the commands, `make -s` nothing.
silent := $(findstring s,$(firstword -$(MAKEFLAGS)))
Q      := $(if $(V),,@)
step    = $(if $(V)$(silent),,@printf '  %-5s %s\n' $(1) $@)

MAKEFLAGS += --no-print-directory

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# ---- the tool --------------------------------------------------------------

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wconversion $(if $(WERROR),-Werror)
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer

# Asked for only when something is compiled: `make help` needs no library.
# libpcap is loaded when a capture is written: it brings eight libraries with it,
# which would make every command start three times as slowly.
LIB_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS) libpcap)
LIB_LIBS   = $(shell $(PKG_CONFIG) --libs $(LIBS))
COMPILE    = $(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -D_GNU_SOURCE \
             -DKCTL_VERSION='"$(VERSION)"' -isystem kmod/uapi -Isrc \
             $(LIB_CFLAGS) $(CPPFLAGS) -MD -MP

SOURCES    := $(wildcard src/*.c src/*/*.c)
OBJECTS    := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/asan/%,$(wildcard tests/unit/test_*.c))
UNIT_OBJS  := $(patsubst src/%.c,$(BUILD)/asan/%.o,$(filter-out src/main.c,$(SOURCES)))

.PHONY: all
all: tool module ## build the tool, and the module for the running kernel

.PHONY: tool
tool: $(BUILD)/kctl ## build the tool: build/kctl

# -z lazy: to look all symbols up at the start, most of them never used, is 7 % of what
# `kctl sockopt set x` takes from its start to its exit.
$(BUILD)/kctl: $(OBJECTS)
	$(if $(OBJECTS),,$(error there is no source in src/))
	$(call step,LINK)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,lazy $(LDFLAGS) -o $@ $(OBJECTS) $(LIB_LIBS)

$(BUILD)/obj/%.o: src/%.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(HARDEN) -c -o $@ $<

# ---- unit tests: everything but main.c, with the sanitizers ----------------

$(BUILD)/asan/%.o: src/%.c $(BUILD)/asan/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(SANITIZE) -c -o $@ $<

$(BUILD)/asan/test_%.o: tests/unit/test_%.c $(BUILD)/asan/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(SANITIZE) -Itests/unit -DTEST_DIR='"$(CURDIR)/tests/unit"' -c -o $@ $<

$(BUILD)/asan/test_%: $(BUILD)/asan/test_%.o $(UNIT_OBJS)
	$(call step,LINK)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lcmocka

# What was compiled with other flags is compiled again.
.PHONY: FORCE
FORCE:
$(BUILD)/%/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(COMPILE))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(COMPILE))' >$@

-include $(OBJECTS:.o=.d) $(UNIT_OBJS:.o=.d) $(UNIT_TESTS:=.d)
.SECONDARY:

# ---- the module ------------------------------------------------------------

.PHONY: module
module: ## build the module for the running kernel, or for KDIR=…
	@test -e $(KDIR)/Makefile || { echo 'no kernel headers in $(KDIR);' \
		'try: apt install linux-headers-$(shell uname -r), or set KDIR' >&2; exit 1; }
	@KCTL_VERSION=$(VERSION) tests/vm/module running $(KDIR)

# The module for a kernel of the virtual machine: build/kmod/KERNEL/kctl.ko.
.PHONY: kmod-for-%
kmod-for-%: FORCE
	@KCTL_VERSION=$(VERSION) tests/vm/module $*

# ---- tests -----------------------------------------------------------------

.PHONY: check
check: ## build and test everything on kernels 6.1 and 6.12
	@tests/deps build test vm fuzz
	@$(MAKE) -s BUILD=build/werror WERROR=1 tool
	@$(MAKE) -s tool test-programs
	@tests/tally check-unit check-cli check-fuzz check-vm-6.1+check-vm-6.12

.PHONY: check-debug
check-debug: ## run the VM tests on a kernel that checks itself
	@tests/deps build test vm
	@$(MAKE) -s tool test-programs
	@tests/tally check-vm-debug-odd+check-vm-debug-even

# The kernels that `make check` leaves out.
.PHONY: check-rest
check-rest:
	@tests/deps build test vm
	@$(MAKE) -s tool test-programs
	@tests/tally check-vm-rt+check-vm-debug-odd+check-vm-debug-even

.PHONY: check-all
check-all: ## run all tests, on all four kernels
	@tests/tally check check-rest

.PHONY: check-unit
check-unit: $(UNIT_TESTS) ## run the unit tests
	$(if $(UNIT_TESTS),,$(error there is no test in tests/unit/))
	@status=0; for test in $(UNIT_TESTS); do $$test 2>&1 || status=1; done; exit $$status

.PHONY: check-cli
check-cli: tool ## run the command line tests: no root, no module
	$(if $(wildcard tests/cli/*.bats),,$(error there is no test in tests/cli/))
	@KCTL=$(abspath $(BUILD))/kctl PATH=$(abspath $(BUILD)):$$PATH \
		bats --formatter tap --print-output-on-failure tests/cli

# Built for 32 and for 64 bits, static: a guest need not have both libcs.
BOTH_SIZES := exchange hand

.PHONY: test-programs
test-programs: $(foreach size,32 64,$(BOTH_SIZES:%=$(BUILD)/test/%-$(size))) \
	$(BUILD)/test/races $(BUILD)/test/skew.so $(BUILD)/test/tsc-khz

define two_sizes
$(BUILD)/test/$(1)-%: tests/vm/suite/lib/$(1).c kmod/uapi/linux/kctl.h
	@mkdir -p $$(@D)
	$$(call step,CC)
	$$(Q)$$(CC) -m$$* -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -static -o $$@ $$<
endef
$(foreach program,$(BOTH_SIZES),$(eval $(call two_sizes,$(program))))

$(BUILD)/test/tsc-khz: tests/vm/tsc-khz.c
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -o $@ $<

RACES_SRC := $(wildcard tests/races/*.c)

$(BUILD)/test/races: $(RACES_SRC) tests/races/races.h kmod/uapi/linux/kctl.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi \
		-o $@ $(RACES_SRC) -lmnl -pthread

$(BUILD)/test/skew.so: tests/vm/suite/lib/skew.c kmod/uapi/linux/kctl.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -shared -fPIC \
		-o $@ $< -lmnl

# Each pair of calls for SECONDS: 300 pairs and more, unless RACES='channel send close' or
# another regular expression says which, JOBS of them side by side. RACE_OBJECTS are the
# cases of cases_races.py.
RACE_OBJECTS ?= channel store memory watch namespace module

.PHONY: races
races: test-programs ## race each pair of calls for SECONDS=…, on the debug kernel
	@tests/deps build test vm
	@KCTL_RACE_MS=$(or $(SECONDS),1)000 KCTL_RACES='$(RACES)' KCTL_RACE_JOBS=$(or $(JOBS),1) \
		KCTL_CASE_SECONDS=1000000 \
		KCTL_RACES_PROGRAM=build/test/races \
		tests/vm/run -k $(or $(KERNEL),debug) --timeout 0 -- \
		python3 -S tests/vm/suite/lib/run.py races $(RACE_OBJECTS) </dev/null

# KERNEL-odd and KERNEL-even: every second file, so that two machines share the work.
SUITE := $(sort $(wildcard tests/vm/suite/*.bats))
suite  = $(if $(filter %-odd,$1),$(shell printf '%s\n' $(SUITE) | sed -n 'p;n'),$(if \
	   $(filter %-even,$1),$(shell printf '%s\n' $(SUITE) | sed -n 'n;p'),$(SUITE)))

.PHONY: coverage
coverage: ## show how much of src/ the tests without a kernel reach: 90 % at least
	@tests/deps build test coverage
	@rm -rf build/coverage
	@# Some tests run the tool as nobody, who writes what it counted as well.
	@umask 0; $(MAKE) -s BUILD=build/coverage SANITIZE= CFLAGS='-O0 -g --coverage' \
		LDFLAGS='-u __gcov_dump' check-unit check-cli
	@gcovr -r . --object-directory build/coverage -f src/ --fail-under-line 90

.PHONY: coverage-kmod
coverage-kmod: test-programs ## show how much of kmod/ the VM tests reach: 90 % at least
	@tests/deps build test vm coverage
	@tests/vm/kernel source >/dev/null
	@tests/vm/coverage '$(call suite,all-odd)' '$(call suite,all-even)'

.PHONY: check-vm-%
check-vm-%: FORCE test-programs ## run the VM tests on kernel 6.1, 6.12, rt, debug, gcov or kcsan
	$(if $(SUITE),,$(error there is no test in tests/vm/suite/))
	@tests/vm/kernel source >/dev/null
	@tests/vm/run -k $(patsubst %-even,%,$(*:%-odd=%)) --timeout $(if $(filter debug% gcov% kcsan%,$*),3600,2400) \
		-- bats --formatter tap --print-output-on-failure $(call suite,$*) </dev/null

.PHONY: bench
bench: ## measure speed beside its peers, in a virtual machine
	@tests/deps build vm bench
	@tests/bench/run $(BENCH)

.PHONY: bench-programs
bench-programs: $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

# Static: what is measured shall not begin with reading libraries from a disk.
$(BUILD)/bench/%: tests/bench/%.c tests/bench/bench.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -static -o $@ $<

# ---- fuzzers ---------------------------------------------------------------

FUZZ_CC   ?= clang
FUZZING   := -O2 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZERS   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_OBJS := $(patsubst src/%.c,$(BUILD)/fuzz/obj/%.o,$(filter-out src/main.c,$(SOURCES)))

$(BUILD)/fuzz/obj/%.o: src/%.c $(BUILD)/fuzz/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(FUZZING) -c -o $@ $<

$(BUILD)/fuzz/obj/fuzz_%.o: tests/fuzz/fuzz_%.c $(BUILD)/fuzz/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(FUZZING) -c -o $@ $<

$(BUILD)/fuzz/flags $(BUILD)/fuzz/obj/%.o: CC = $(FUZZ_CC)

$(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/fuzz_%.o $(FUZZ_OBJS)
	$(call step,LINK)
	$(Q)$(FUZZ_CC) $(FUZZING) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

-include $(FUZZ_OBJS:.o=.d) $(FUZZERS:%=$(BUILD)/fuzz/obj/fuzz_%.d)

.PHONY: fuzzers
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)

# The committed corpus is what long runs made, as small as covers the same code.
.PHONY: fuzz-%
fuzz-%: FORCE ## fuzz decode, restore, netlink or argv for RUNS=… inputs
	@tests/deps build fuzz
	@$(MAKE) -s $(BUILD)/fuzz/$*
	@mkdir -p $(BUILD)/fuzz/corpus/$* $(BUILD)/fuzz/packets
	@$(if $(filter decode,$*),python3 -B tests/vm/suite/lib/icmp_packets.py corpus \
		$(BUILD)/fuzz/packets)
	$(BUILD)/fuzz/$* -runs=$(or $(RUNS),1000000) -max_len=600 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus/$* tests/fuzz/corpus/$* \
		$(if $(filter decode,$*),$(BUILD)/fuzz/packets)

$(BUILD)/test/fuzz-%: $(wildcard tests/vm/fuzz/*.[ch]) kmod/uapi/linux/kctl.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -m$* -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -static \
		-pthread -o $@ $(filter %.c,$^)

.PHONY: fuzz
fuzz: ## call all doors at random for SECONDS=…, from SEED=…, on KERNEL=debug, with BITS=64
	@tests/deps build test vm
	@$(MAKE) -s $(BUILD)/test/fuzz-$(or $(BITS),64)
	@tests/vm/run -k $(or $(KERNEL),debug) --timeout $$((2 * $(or $(SECONDS),60) + 600)) -- \
		python3 -S tests/vm/suite/lib/fuzz.py $(BUILD)/test/fuzz-$(or $(BITS),64) $(or $(SECONDS),60) \
		$(or $(SEED),$$(od -An -N4 -tu4 /dev/urandom)) </dev/null

.PHONY: churn
churn: ## 2000 namespaces and 500 loads of the module, on KERNEL=6.12
	@tests/deps build test vm
	@KCTL_CASE_SECONDS=7000 KCTL_TURNS=2000 tests/vm/run -k $(or $(KERNEL),6.12) --timeout 7200 -- \
		python3 -S tests/vm/suite/lib/run.py churn namespaces </dev/null
	@KCTL_CASE_SECONDS=7000 KCTL_TURNS=500 tests/vm/run -k $(or $(KERNEL),6.12) --timeout 7200 -- \
		python3 -S tests/vm/suite/lib/run.py churn loads </dev/null

.PHONY: soak
soak: ## all doors in use for SECONDS=3600, on KERNEL=6.12: memory must stay flat
	@tests/deps build test vm
	@tests/vm/run -k $(or $(KERNEL),6.12) --timeout $$((2 * $(or $(SECONDS),3600) + 600)) -- \
		python3 -S tests/vm/suite/lib/soak.py $(or $(SECONDS),3600) </dev/null

.PHONY: check-fuzz
check-fuzz: fuzzers ## run the corpora through the fuzzers, and some inputs more
	@tests/fuzz/check $(BUILD)/fuzz $(FUZZERS)

.PHONY: lint
lint: ## check the style of everything
	@tests/deps build test vm lint
	@tests/lint

.PHONY: demo
demo: ## see all three doors at work, in a virtual machine
	@tests/deps build test vm
	@tests/vm/run -k 6.12 -- tests/vm/demo </dev/null

.PHONY: vm
vm: ## a shell in a virtual machine; KERNEL=6.1, 6.12, rt, debug, gcov or kcsan
	@tests/deps build vm
	@tests/vm/run -k $(or $(KERNEL),6.12) -i

# ---- install ---------------------------------------------------------------

MAN_PAGES   = $(wildcard man/*.7 man/*.8)
man_path    = $(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))/$(notdir $(1))
COMPLETION  = $(wildcard completions/kctl.bash)
RELEASE     = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
MODULE_DIR  = $(DESTDIR)/lib/modules/$(RELEASE)/updates

.PHONY: install
install: all ## install tool, manuals, completion and module; DESTDIR, PREFIX
	$(INSTALL) -D -m 755 build/kctl $(DESTDIR)$(SBINDIR)/kctl
	$(foreach page,$(MAN_PAGES),\
		$(INSTALL) -D -m 644 $(page) $(DESTDIR)$(call man_path,$(page)) &&) true
	$(if $(COMPLETION),$(INSTALL) -D -m 644 $(COMPLETION) $(DESTDIR)$(COMPDIR)/kctl)
	$(INSTALL) -D -m 644 kmod/uapi/kctl.yaml $(DESTDIR)$(SPECDIR)/kctl.yaml
	$(INSTALL) -D -m 644 build/kmod/running/kctl.ko $(MODULE_DIR)/kctl.ko
	$(if $(DESTDIR),,depmod $(RELEASE))

.PHONY: uninstall
uninstall: ## remove what install installed
	rm -f $(DESTDIR)$(SBINDIR)/kctl $(DESTDIR)$(COMPDIR)/kctl
	rm -f $(DESTDIR)$(SPECDIR)/kctl.yaml
	rm -f $(foreach page,$(MAN_PAGES),$(DESTDIR)$(call man_path,$(page)))
	rm -f $(MODULE_DIR)/kctl.ko
	$(if $(DESTDIR),,depmod $(RELEASE))

.PHONY: clean
clean: ## remove what was built; kernels stay in the cache
	rm -rf build

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS="$$(printf '\t')" read -r name text; do \
			printf '  %-13s %s\n' "$$name" "$$text"; done
