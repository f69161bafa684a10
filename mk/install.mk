# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installation. The directories have the names of the GNU coding standards, in lower or in
# upper case: prefix or PREFIX.

# $(call given,NAME,DEFAULT): the value of NAME if it is set, even to nothing; otherwise DEFAULT.
given = $(if $(filter undefined,$(origin $(1))),$(2),$($(1)))

prefix      ?= $(call given,PREFIX,/usr/local)
exec_prefix ?= $(call given,EXEC_PREFIX,$(prefix))
datarootdir ?= $(call given,DATAROOTDIR,$(prefix)/share)
# Ordinary users may use channels that permit it, so the tool is in sbin only if SBINDIR is
# set.
bindir      ?= $(call given,BINDIR,$(call given,sbindir,$(call given,SBINDIR,$(exec_prefix)/bin)))
mandir      ?= $(call given,MANDIR,$(datarootdir)/man)
includedir  ?= $(call given,INCLUDEDIR,$(prefix)/include)
libdir      ?= $(call given,LIBDIR,$(exec_prefix)/lib)
pkgconfigdir ?= $(call given,PKGCONFIGDIR,$(libdir)/pkgconfig)
compdir     ?= $(call given,COMPDIR,$(datarootdir)/bash-completion/completions)
zshdir      ?= $(call given,ZSHDIR,$(datarootdir)/zsh/site-functions)
fishdir     ?= $(call given,FISHDIR,$(datarootdir)/fish/vendor_completions.d)
specdir     ?= $(call given,SPECDIR,$(datarootdir)/kctl)
pythondir   ?= $(call given,PYTHONDIR,$(prefix)/lib/python3/dist-packages)
unitdir     ?= $(call given,UNITDIR,$(prefix)/lib/systemd/system)
# Not below prefix: administrators look in /etc, also with prefix /usr/local.
sysconfdir  ?= $(call given,SYSCONFDIR,/etc)

INSTALL         ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA    ?= $(INSTALL) -m 644
INSTALL_LIB     ?= $(INSTALL_DATA)
STRIP           ?= strip

MAN_PAGES = $(filter-out $(PYTHON_PAGE),$(wildcard man/*.3 man/*.7 man/*.8))
man_path  = $(mandir)/man$(patsubst .%,%,$(suffix $(1)))/$(notdir $(1))

UNITS = $(patsubst packaging/systemd/%.in,$(BUILD)/%,$(wildcard packaging/systemd/*.in))

# Pairs of a file and its destination.
DATA = $(foreach page,$(MAN_PAGES),$(page):$(call man_path,$(page))) \
	completions/kctl.bash:$(compdir)/kctl \
	completions/kctl.zsh:$(zshdir)/_kctl \
	completions/kctl.fish:$(fishdir)/kctl.fish \
	kmod/uapi/linux/kctl.h:$(includedir)/linux/kctl.h \
	$(foreach header,$(LIB_HEADERS),$(header):$(includedir)/$(notdir $(header))) \
	$(BUILD)/libkctl.a:$(libdir)/libkctl.a \
	$(BUILD)/libkctl.pc:$(pkgconfigdir)/libkctl.pc \
	kmod/uapi/kctl.yaml:$(specdir)/kctl.yaml \
	schema/kctl-1.schema.json:$(specdir)/kctl-1.schema.json \
	$(foreach unit,$(UNITS),$(unit):$(unitdir)/$(notdir $(unit)))
# The files that install-python installs.
PYTHON_PAGE = man/kctl-python.7
PYTHON = $(PYTHON_PAGE):$(call man_path,$(PYTHON_PAGE)) \
	$(foreach file,$(wildcard src/python/kctl/*.py) src/python/kctl/py.typed,\
		$(file):$(pythondir)/kctl/$(notdir $(file)))
# The dynamic linker finds the library by the first name, the compiler by the second.
LIB_LINKS = $(LIB_SONAME) libkctl.so
LIB_PATHS = $(foreach name,$(LIB_FILE) $(LIB_LINKS),$(DESTDIR)$(libdir)/$(name))
# Programs find the library through a cache that only root can write. For other users, ldconfig
# fails, which is not an error.
update_links = $(if $(DESTDIR),,ldconfig || :)
from = $(firstword $(subst :, ,$(1)))
to   = $(DESTDIR)$(lastword $(subst :, ,$(1)))

# The directory where the module was built; tests/install sets another one.
KMOD    ?= build/kmod/running
RELEASE  = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
SIG_KEY  = $(shell sed -n 's/^CONFIG_MODULE_SIG_KEY="*\([^"]*\).*/\1/p' \
	$(KDIR)/include/config/auto.conf)
UPDATES  = $(DESTDIR)/lib/modules/*/updates
MODULES  = $(wildcard $(UPDATES)/kctl.ko $(addprefix $(UPDATES)/kctl.ko.,gz xz zst))

.PHONY: install
install: install-tool install-module ## install all; DESTDIR, prefix, bindir, mandir and the like

.PHONY: install-strip
install-strip: ## the same, without the symbols of the tool and of libkctl
	@$(MAKE) INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s --strip-program=$(STRIP)' \
		INSTALL_LIB='$(INSTALL_LIB) -s --strip-program=$(STRIP)' install

$(BUILD)/%.service: packaging/systemd/%.service.in FORCE
	@mkdir -p $(@D)
	@sed 's:@bindir@:$(bindir):g; s:@sysconfdir@:$(sysconfdir):g' $< >$@

$(BUILD)/libkctl.pc: packaging/libkctl.pc.in FORCE
	@mkdir -p $(@D)
	@sed $(foreach name,prefix exec_prefix libdir includedir,-e 's:@$(name)@:$($(name)):') \
		-e 's:@version@:$(VERSION):' $< >$@

.PHONY: install-tool
install-tool: tool library $(BUILD)/libkctl.pc $(UNITS) ## install all but the module: needs no kernel headers
	$(INSTALL_PROGRAM) -D $(BUILD)/kctl $(DESTDIR)$(bindir)/kctl
	$(INSTALL_LIB) -D $(BUILD)/$(LIB_FILE) $(DESTDIR)$(libdir)/$(LIB_FILE)
	$(foreach link,$(LIB_LINKS),ln -sf $(LIB_FILE) $(DESTDIR)$(libdir)/$(link) &&) true
	$(foreach pair,$(DATA),$(INSTALL_DATA) -D $(call from,$(pair)) $(call to,$(pair)) &&) true
	$(update_links)

.PHONY: install-python
install-python: ## install the Python module kctl, which needs libkctl
	$(foreach pair,$(PYTHON),$(INSTALL_DATA) -D $(call from,$(pair)) $(call to,$(pair)) &&) true

# Kbuild strips, signs and compresses the module like the kernel's own modules. The headers of
# distributions lack two files: the key, without which Kbuild prints OpenSSL errors, and
# System.map, without which it does not call depmod.
.PHONY: install-module
install-module: $(if $(filter %/running,$(KMOD)),module) ## install the module, for KDIR=…
	@test ! -e $(DESTDIR)/var/lib/dkms/kctl || { echo 'DKMS builds kctl here, and this' \
		'module would hide its modules; remove kctl-dkms, or run: make install-tool' >&2; exit 1; }
	@$(MAKE) -s -C $(KDIR) M=$(abspath $(KMOD)) INSTALL_MOD_PATH=$(abspath $(DESTDIR)) \
		INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1 DEPMOD=true $(if \
		$(findstring pkcs11:,$(SIG_KEY))$(wildcard $(SIG_KEY) $(KDIR)/$(SIG_KEY)),,CONFIG_MODULE_SIG_ALL=) \
		modules_install
	$(if $(DESTDIR),,depmod $(RELEASE))

# The module is removed for every kernel. Other packages share all directories but specdir. An
# empty directory left in /lib/modules would outlive its kernel.
.PHONY: uninstall
uninstall: ## remove what install installed, for all kernels
	rm -f $(DESTDIR)$(bindir)/kctl $(LIB_PATHS) $(foreach pair,$(DATA) $(PYTHON),$(call to,$(pair))) $(MODULES)
	rm -rf $(DESTDIR)$(pythondir)/kctl/__pycache__
	@rmdir --ignore-fail-on-non-empty $(wildcard $(DESTDIR)$(specdir) $(DESTDIR)$(pythondir)/kctl) \
		$(sort $(dir $(MODULES))) 2>/dev/null || :
	$(update_links)
	$(if $(DESTDIR),,$(foreach module,$(MODULES),depmod $(word 3,$(subst /, ,$(module))) &&) true)
