# SPDX-License-Identifier: GPL-2.0-or-later
#
# libkctl for other programs, shared and static. The tool is built from these sources:
# loading the shared library would make `kctl sockopt set x` 9 % slower (288,260
# instructions instead of 263,271).

# Changes only if programs that were built with an older library would no longer run.
LIB_SONAME := libkctl.so.0
LIB_FILE   := $(LIB_SONAME).$(VERSION)

LIB_LIBMNL   = $(shell $(PKG_CONFIG) --libs libmnl)
LIB_HEADERS := $(wildcard src/lib/libkctl*.h)
LIB_OBJECTS := $(patsubst src/%.c,$(BUILD)/pic/%.o,$(wildcard src/lib/*.c))

.PHONY: library
library: $(BUILD)/$(LIB_FILE) $(BUILD)/libkctl.a ## build libkctl, shared and static

# -fno-lto: with LTO, the single object below would again be bytecode, with all its symbols.
$(BUILD)/pic/%.o: src/%.c $(BUILD)/pic/flags
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(COMPILE) $(HARDEN) -fPIC -fvisibility=hidden -fno-lto -c -o $@ $<

$(BUILD)/$(LIB_FILE): $(LIB_OBJECTS) src/lib/libkctl.map
	$(call step,LINK)
	$(Q)$(CC) $(CFLAGS) -shared -Wl,-soname,$(LIB_SONAME),-z,relro,-z,defs \
		-Wl,--version-script=src/lib/libkctl.map $(LDFLAGS) -o $@ $(LIB_OBJECTS) \
		$(LIB_LIBMNL)

# The archive has a single object with its private symbols localised, so that they cannot clash
# with those of a program.
$(BUILD)/libkctl.a: $(LIB_OBJECTS)
	$(call step,AR)
	$(Q)$(CC) -r -nostdlib -o $(BUILD)/pic/libkctl.o $(LIB_OBJECTS)
	$(Q)$(OBJCOPY) --localize-hidden $(BUILD)/pic/libkctl.o
	@rm -f $@
	$(Q)$(AR) crsD $@ $(BUILD)/pic/libkctl.o

OBJCOPY ?= objcopy

-include $(LIB_OBJECTS:.o=.d)

# ---- the ABI: for x86-64, without what the headers do not show ---------------

LIB_ABI := src/lib/libkctl.abi

$(BUILD)/libkctl.abi: $(BUILD)/$(LIB_FILE)
	$(Q)abidw $(foreach header,$(LIB_HEADERS) kmod/uapi/linux/kctl.h,--header-file $(header)) \
		--drop-private-types --no-show-locs --no-corpus-path --no-comp-dir-path \
		--type-id-style hash --out-file $@ $<

.PHONY: check-abi
check-abi: $(BUILD)/libkctl.abi ## compare libkctl with the ABI that it has promised
	@abidiff --no-show-locs $(LIB_ABI) $< >$(BUILD)/abi.diff || \
		{ cat $(BUILD)/abi.diff; echo 'to promise what was added: make abi'; exit 1; }

# Bit 8 in the exit status of abidiff means that a symbol was removed. A person has to decide
# whether another difference breaks programs, or only appends a member to a structure.
.PHONY: abi
abi: $(BUILD)/libkctl.abi ## promise what was added to libkctl
	@abidiff --no-show-locs $(LIB_ABI) $< || [ $$(($$? & 8)) -eq 0 ]
	@cp $< $(LIB_ABI)
