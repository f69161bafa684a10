# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tests: with and without a kernel, races, mutants, coverage. The fuzzers are in fuzz.mk.

# Run the halves of the suite at the same time, then the files that need two processors.
CHECK_KERNELS ?= 6.1 6.12

.PHONY: check
check: ## build and test everything on kernels 6.1 and 6.12
	@tests/deps build test vm firmware fuzz
	@$(MAKE) -s BUILD=build/werror WERROR=1 tool
	@$(MAKE) -s tool test-programs
	@tests/tally check-unit+check-fuzz check-install+check-cli \
		check-strict+check-secure-boot \
		$(foreach kernel,$(CHECK_KERNELS),$(call check-vm-whole,$(kernel)))

.PHONY: check-debug
check-debug: ## run the VM tests on a kernel that checks itself
	@tests/deps build test vm
	@$(MAKE) -s tool test-programs
	@tests/tally $(call check-vm-whole,debug)

# Everything that `make check` does not cover: the debug kernel, the files that differ on rt,
# other kernels and architectures; and 6.1, which CI leaves out of `make check`.
.PHONY: check-rest
check-rest:
	@tests/tally check-debug check-vm-6.1-core+check-vm-rt-core check-vm-rt-races check-smoke

.PHONY: check-all
check-all: ## run all tests, on all four kernels
	@tests/tally check check-debug check-vm-rt

# KERNEL and FILES select kernels and files; tests/everywhere has the lists.
.PHONY: check-everywhere
check-everywhere: ## smoke test and suite on all kernels and architectures, for the table in README.md
	@tests/deps build test vm everywhere
	@$(MAKE) -s tool test-programs
	@FILES='$(FILES)' tests/everywhere $(KERNEL)

# ---- unit tests: everything but main.c, with the sanitizers ----------------

SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/asan/%,$(wildcard tests/unit/test_*.c))
UNIT_OBJS  := $(patsubst src/%.c,$(BUILD)/asan/%.o,$(filter-out src/main.c,$(SOURCES)))

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

-include $(UNIT_OBJS:.o=.d) $(UNIT_TESTS:=.d)

.PHONY: unit-programs
unit-programs: $(UNIT_TESTS)

.PHONY: check-unit
check-unit: $(UNIT_TESTS) ## run the unit tests
	$(if $(UNIT_TESTS),,$(error there is no test in tests/unit/))
	@status=0; for test in $(UNIT_TESTS); do $$test 2>&1 || status=1; done; exit $$status

# ---- command line tests ----------------------------------------------------

.PHONY: check-cli
check-cli: tool ## run the command line tests: no root, no module
	$(if $(wildcard tests/cli/*.bats),,$(error there is no test in tests/cli/))
	@# Without the capability, root's kctl cannot load a module that this machine has.
	@KCTL=$(abspath $(BUILD))/kctl PATH=$(abspath $(BUILD)):$$PATH \
		$$(! setpriv --bounding-set=-sys_module true 2>/dev/null || \
			echo setpriv --bounding-set=-sys_module) \
		bats --formatter tap --print-output-on-failure tests/cli

# ---- installation ----------------------------------------------------------

.PHONY: check-install
check-install: tool kmod-for-6.12 ## test what make install and make dist do: no root, no guest
	@tests/vm/kernel 6.12 >/dev/null
	@bats --formatter tap --print-output-on-failure tests/install

# ---- programs that run in guests -------------------------------------------

# They share a client in C, tests/lib, which needs no library: there is no 32-bit libmnl here.
TEST_CC      = $(CC_$(or $1,64)) -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -Itests/lib
TEST_HEADERS := tests/lib/client.h kmod/uapi/linux/kctl.h
CLIENT       := $(BUILD)/test/client

# For another architecture, tests/vm/programs sets these. SIZES are its word sizes.
CC_32 ?= $(CC) -m32
CC_64 ?= $(CC) -m64
AR_32 ?= $(AR)
AR_64 ?= $(AR)
SIZES := $(if $(CC_32),32) 64

$(CLIENT)-%.a: tests/lib/client.c $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(call TEST_CC,$*) -c -o $(@:.a=.o) $<
	$(Q)$(AR_$*) rcs $@ $(@:.a=.o)

# Built for 32 and for 64 bits, and static, so that a guest does not need both libcs.
BOTH_SIZES := exchange hand

# The programs that tests/vm/run needs on this machine.
HOST_PROGRAMS ?= $(BUILD)/test/tsc-khz

# The programs in the manual pages of libkctl.
MAN_PROGRAMS := $(patsubst man/libkctl_%.3,$(BUILD)/test/example-%,$(wildcard man/libkctl_*.3))

.PHONY: test-programs
test-programs: $(foreach size,$(SIZES),$(BOTH_SIZES:%=$(BUILD)/test/%-$(size))) \
	$(addprefix $(BUILD)/test/,spread-64 races worst-user skew.so libkctl.so.0 server client) $(HOST_PROGRAMS) \
	$(MAN_PROGRAMS)

define two_sizes
$(BUILD)/test/$(1)-%: tests/vm/suite/lib/$(1).c $(CLIENT)-%.a $(TEST_HEADERS)
	@mkdir -p $$(@D)
	$$(call step,CC)
	$$(Q)$$(call TEST_CC,$$*) -static -o $$@ $$(filter-out %.h,$$^)
endef
$(foreach program,$(BOTH_SIZES) spread,$(eval $(call two_sizes,$(program))))

$(MAN_PROGRAMS): $(BUILD)/test/example-%: man/libkctl_%.3 tests/man-example $(LIB_OBJECTS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)tests/man-example $< >$@.c
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -Werror -isystem kmod/uapi -Isrc/lib -o $@ $@.c \
		$(LIB_OBJECTS) $(LIB_LIBS)

# The library under the name by which programs load it.
$(BUILD)/test/libkctl.so.0: $(BUILD)/$(LIB_FILE)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(BUILD)/test/tsc-khz: tests/vm/tsc-khz.c
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -o $@ $<

$(BUILD)/test/worst-user: tests/races/worst_user.c $(CLIENT)-64.a $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -o $@ $(filter-out %.h,$^) -pthread

$(BUILD)/test/races: $(filter-out %/worst_user.c,$(wildcard tests/races/*.c)) $(CLIENT)-64.a tests/races/races.h $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -o $@ $(filter-out %.h,$^) -pthread

$(BUILD)/test/skew.so: tests/vm/suite/lib/skew.c kmod/uapi/linux/kctl.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -shared -fPIC -o $@ $< -lmnl

$(BUILD)/test/server $(BUILD)/test/client: $(BUILD)/test/%: tests/examples/%.c \
		tests/examples/channel.h kmod/uapi/linux/kctl.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -Wall -Wextra -Werror -I kmod/uapi -o $@ $<

# ---- races -----------------------------------------------------------------

# Race each pair of calls for SECONDS, JOBS pairs at the same time. There are more than 300
# pairs; RACES, a regular expression such as 'channel send close', selects pairs.
# RACE_OBJECTS are cases of cases_races.py.
RACE_OBJECTS ?= channel store memory watch namespace module

.PHONY: races
races: test-programs ## race each pair of calls for SECONDS=…, on the debug kernel
	@tests/deps build test vm
	@KCTL_RACE_MS=$(or $(SECONDS),1)000 KCTL_RACES='$(RACES)' KCTL_RACE_JOBS=$(or $(JOBS),1) \
		KCTL_CASE_SECONDS=1000000 \
		KCTL_RACES_PROGRAM=build/test/races \
		tests/vm/run -k $(or $(KERNEL),debug) --timeout 0 -- \
		python3 -S tests/vm/suite/lib/run.py races $(RACE_OBJECTS) </dev/null

.PHONY: worst-user
worst-user: test-programs ## a user does all it can to others for SECONDS=60, on KERNEL=6.12
	@tests/deps build test vm
	@KCTL_WORST_SECONDS=$(or $(SECONDS),60) KCTL_CASE_SECONDS=1000000 \
		KCTL_WORST_USER_PROGRAM=build/test/worst-user \
		tests/vm/run -k $(or $(KERNEL),6.12) --timeout 0 -- \
		python3 -S tests/vm/suite/lib/run.py worst_user worst_user </dev/null

# ---- mutants ---------------------------------------------------------------

# MUTANTS, a regular expression such as '^watch/', selects lines of tests/mutants/table.
.PHONY: mutants
mutants: tool test-programs ## break the module on purpose: does a test notice? (KERNEL=…, JOBS=2, MUTANTS='^watch/')
	@tests/deps build test vm
	@tests/mutants/run -k $(or $(KERNEL),6.12) -j $(or $(JOBS),2) '$(MUTANTS)'

# ---- coverage and VM tests -------------------------------------------------

# Two guests share the suite. KERNEL-watch has the files about the watch, the tool and bad
# input; KERNEL-rest those about the store, channels and namespaces. Both take about the same
# time. KERNEL-races has the files in which threads race each other: its guest runs alone, and
# so has two processors. On debug, files that only test the tool are left out. KERNEL-core has
# the files about locks and timers.
files  = $(patsubst %,tests/vm/suite/%.bats,$1)
SUITE := $(sort $(wildcard tests/vm/suite/*.bats))
TOOL  := $(call files,bridge cli completion decode doctor documents etcd examples library proto_cli \
	   python recv save schema work)
WATCH := $(call files,watch% cli completion decode doctor documents examples fault lengths library \
	   netlink python schema skew ynl)
RACING := $(call files,attacks% channel races)
CORE  := $(call files,conformance fault hold netns proto regressions unload watch)
halves = $(filter-out $(RACING) $(if $(filter debug% all%,$1),$(TOOL)),$(SUITE))
suite  = $(if $(filter %-watch,$1),$(filter $(WATCH),$(halves)),$(if \
	   $(filter %-rest,$1),$(filter-out $(WATCH),$(halves)),$(if \
	   $(filter %-races,$1),$(filter $(RACING),$(SUITE)),$(if \
	   $(filter %-core,$1),$(filter $(CORE),$(SUITE)),$(SUITE)))))
check-vm-whole = check-vm-$1-watch+check-vm-$1-rest check-vm-$1-races
kernel = $(firstword $(subst -, ,$1))

.PHONY: coverage
coverage: ## show how much of src/ the tests without a kernel reach: 90 % at least
	@tests/deps build test coverage
	@rm -rf build/coverage
	@# Some tests run the tool as nobody, who must be able to write the counters too.
	@umask 0; $(MAKE) -s BUILD=build/coverage SANITIZE= CFLAGS='-O0 -g --coverage' \
		LDFLAGS='-u __gcov_dump' check-unit check-cli
	@gcovr -r . --object-directory build/coverage -f src/ --fail-under-line 90

.PHONY: coverage-kmod
coverage-kmod: test-programs ## show how much of kmod/ the VM tests reach: 90 % at least
	@tests/deps build test vm coverage
	@tests/vm/kernel source >/dev/null
	@tests/vm/coverage '$(call suite,all-watch)' '$(call suite,all-rest) $(call suite,all-races)'

.PHONY: check-strict
check-strict: tool kmod-for-6.12 ## run kctl doctor on a kernel that is locked down
	@tests/vm/run --no-module --timeout 300 -- tests/vm/strict </dev/null

.PHONY: check-secure-boot
check-secure-boot: tool kmod-for-6.12 ## load the module on a machine with Secure Boot
	@tests/deps firmware
	@tests/vm/secure-boot

.PHONY: check-smoke
check-smoke: ## run the smoke test on 5.10, the newest kernel, arm64 and s390x
	@tests/deps build vm everywhere
	@tests/vm/smoke-elsewhere 5.10 newest arm64 s390x

.PHONY: check-vm-%
check-vm-%: FORCE test-programs ## run the VM tests on kernel 6.1, 6.12, rt, debug, gcov or kcsan
	$(if $(SUITE),,$(error there is no test in tests/vm/suite/))
	@tests/vm/kernel source >/dev/null
	@KCTL_SERVERS=$$(tests/vm/servers) tests/vm/run -k $(call kernel,$*) --timeout $(if $(filter debug% gcov% kcsan%,$*),3600,2400) \
		-- bats --timing --formatter tap --print-output-on-failure $(call suite,$*) </dev/null
