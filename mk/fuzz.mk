# SPDX-License-Identifier: GPL-2.0-or-later
#
# Random input and long runs: libFuzzer on this machine; random calls, churn and soak in
# a guest.

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

# tests/fuzz/corpus is from long runs, reduced to inputs that together cover the same code.
.PHONY: fuzz-%
fuzz-%: FORCE ## fuzz decode, restore, netlink, capture or argv for RUNS=… inputs
	@tests/deps build fuzz
	@$(MAKE) -s $(BUILD)/fuzz/$*
	@mkdir -p $(BUILD)/fuzz/corpus/$* $(BUILD)/fuzz/packets
	@$(if $(filter decode,$*),python3 -B tests/vm/suite/lib/icmp_packets.py corpus \
		$(BUILD)/fuzz/packets)
	$(BUILD)/fuzz/$* -runs=$(or $(RUNS),1000000) -max_len=600 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus/$* tests/fuzz/corpus/$* \
		$(if $(filter decode,$*),$(BUILD)/fuzz/packets)

$(BUILD)/test/fuzz-%: $(wildcard tests/vm/fuzz/*.[ch]) $(CLIENT)-%.a $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(call TEST_CC,$*) -static -pthread -o $@ $(filter-out %.h,$^)

.PHONY: fuzz
fuzz: ## call all interfaces at random for SECONDS=…, from SEED=…, on KERNEL=debug, with BITS=64
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
soak: ## all interfaces in use for SECONDS=3600, on KERNEL=6.12: memory must stay flat
	@tests/deps build test vm
	@tests/vm/run -k $(or $(KERNEL),6.12) --timeout $$((2 * $(or $(SECONDS),3600) + 600)) -- \
		python3 -S tests/vm/suite/lib/soak.py $(or $(SECONDS),3600) </dev/null

.PHONY: check-fuzz
check-fuzz: fuzzers ## run the corpora through the fuzzers, and some inputs more
	@tests/fuzz/check $(BUILD)/fuzz $(FUZZERS)
