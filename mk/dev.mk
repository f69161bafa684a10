# SPDX-License-Identifier: GPL-2.0-or-later
#
# Targets for developers: style checks, a demonstration, a shell in a guest.

.PHONY: lint
lint: ## check the style of everything
	@tests/deps build test vm lint
	@tests/lint

.PHONY: demo
demo: ## see all three interfaces at work, in a virtual machine
	@tests/deps build test vm
	@tests/vm/run -k 6.12 -- tests/vm/demo </dev/null

.PHONY: vm
vm: ## a shell in a virtual machine; KERNEL=6.1, 6.12, rt, debug, gcov or kcsan
	@tests/deps build vm
	@tests/vm/run -k $(or $(KERNEL),6.12) -i
