# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installation.

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
