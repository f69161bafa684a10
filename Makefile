# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl: one tool and one kernel module. `make help` lists the targets; the files in mk/
# define them.

VERSION := $(shell cat kmod/VERSION)

KDIR    ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=

BUILD      ?= build
PKG_CONFIG ?= pkg-config
LIBS       := libmnl jansson

# `make V=1` shows the commands, `make -s` nothing.
silent := $(findstring s,$(firstword -$(MAKEFLAGS)))
Q      := $(if $(V),,@)
step    = $(if $(V)$(silent),,@printf '  %-5s %s\n' $(1) $@)

MAKEFLAGS += --no-print-directory

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.DEFAULT_GOAL := all

# Targets that depend on FORCE are always remade.
.PHONY: FORCE
FORCE:

.PHONY: all
all: tool library module ## build the tool, libkctl, and the module for the running kernel

# In this order: the unit tests and the fuzzers need the list of sources from tool.mk.
include $(addprefix mk/,tool.mk lib.mk module.mk tests.mk bench.mk fuzz.mk dev.mk install.mk dist.mk)

.PHONY: clean
clean: ## remove what was built; kernels stay in the cache
	rm -rf build

# Lists the targets in the order in which make reads them: those of mk/ at the include line.
.PHONY: help
help: ## list the targets
	@cat $(filter %.mk,$(MAKEFILE_LIST)) | \
		sed '/^include /r /dev/stdin' $(firstword $(MAKEFILE_LIST)) | \
		sed -n 's/^\([a-z%-]*\):.*## \(.*\)/\1\t\2/p' | \
		while IFS="$$(printf '\t')" read -r name text; do \
			printf '  %-16s %s\n' "$$name" "$$text"; done
