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
bench-programs: $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

# Static: a measurement does not include reading libraries from disk.
$(BUILD)/bench/%: tests/bench/%.c tests/bench/floor/floor.h $(CLIENT)-64.a $(TEST_HEADERS)
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(TEST_CC) -static -o $@ $(filter-out %.h,$^)
