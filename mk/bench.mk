# SPDX-License-Identifier: GPL-2.0-or-later
#
# Benchmarks, and the programs that they run in a guest.

.PHONY: bench
bench: ## measure speed beside its peers, in a virtual machine
	@tests/deps build vm bench
	@tests/bench/run $(BENCH)

.PHONY: bench-check
bench-check: ## the same, and compare with tests/bench/results.tsv: no row may be worse
	@tests/deps build vm bench
	@tests/bench/run --check $(BENCH)

.PHONY: bench-programs
bench-programs: $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c)) \
	$(BUILD)/bench/ring $(BUILD)/bench/ring.bpf.o

# Static, so that a measurement does not include reading libraries from disk.
$(BUILD)/bench/%: tests/bench/%.c tests/bench/floor/floor.h $(CLIENT)-64.a $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -static -o $@ $(filter-out %.h,$^)

# A reader of a BPF ring buffer, and the programs that the kernel runs for it.
$(BUILD)/bench/ring: tests/bench/ring/ring.c tests/bench/ring/ring.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -o $@ $< -lbpf

# Debian has <asm/types.h> where gcc alone looks for it.
$(BUILD)/bench/ring.bpf.o: tests/bench/ring/ring.bpf.c tests/bench/ring/ring.h
	@mkdir -p $(@D)
	$(call step,CLANG)
	$(Q)clang -target bpf -mcpu=v3 -O2 -g -Wall -Wextra \
		-idirafter /usr/include/$$($(CC) -print-multiarch) -c -o $@ $<
