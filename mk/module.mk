# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module, for the running kernel and for the kernels of the virtual machine.

.PHONY: module
module: ## build the module for the running kernel, or for KDIR=…
	@test -e $(KDIR)/Makefile || { echo 'no kernel headers in $(KDIR);' \
		'try: apt install linux-headers-$(shell uname -r), or set KDIR' >&2; exit 1; }
	@tests/vm/module running $(KDIR)

# For a kernel of the virtual machine: build/kmod/KERNEL/kctl.ko.
.PHONY: kmod-for-%
kmod-for-%: FORCE
	@tests/vm/module $*
