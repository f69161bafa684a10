# SPDX-License-Identifier: GPL-2.0-or-later
#
# Benchmarks, and the programs that they run in a guest.

.PHONY: bench
bench: ## measure speed beside its peers, in a virtual machine
	@tests/deps build vm bench
	@tests/bench/run $(BENCH)

.PHONY: bench-programs
bench-programs: $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

# Static: a measurement does not include reading libraries from disk.
$(BUILD)/bench/%: tests/bench/%.c tests/bench/bench.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu11 -O2 $(WARNINGS) -D_GNU_SOURCE -isystem kmod/uapi -static -o $@ $<
