# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tool. The unit tests and the fuzzers compile the same sources with COMPILE too,
# each with its own flags.

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wconversion $(if $(WERROR),-Werror)
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE

# pkg-config runs only when something is compiled: `make help` needs no library.
LIB_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS))
LIB_LIBS   = $(shell $(PKG_CONFIG) --libs $(LIBS))
COMPILE    = $(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -D_GNU_SOURCE \
             -DKCTL_VERSION='"$(VERSION)"' -isystem kmod/uapi -Isrc \
             $(LIB_CFLAGS) $(CPPFLAGS) -MD -MP

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)

.PHONY: tool
tool: $(BUILD)/kctl ## build the tool: build/kctl

# -z lazy: most symbols are never used, and resolving all of them at startup takes 7 % of
# the run time of `kctl sockopt set x`.
$(BUILD)/kctl: $(OBJECTS)
	$(if $(OBJECTS),,$(error there is no source in src/))
	$(call step,LINK)
	$(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,lazy $(LDFLAGS) -o $@ $(OBJECTS) $(LIB_LIBS)

$(BUILD)/obj/%.o: src/%.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(HARDEN) -c -o $@ $<

# A flags file changes with the flags; the objects that depend on it are then rebuilt.
$(BUILD)/%/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(COMPILE))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(COMPILE))' >$@

-include $(OBJECTS:.o=.d)
