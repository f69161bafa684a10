# SPDX-License-Identifier: GPL-2.0-or-later
#
# The source tarball, and the packages made from it.

DIST  := kctl-$(VERSION)

# With git: the files that git tracks, with their current content. Without git: all files
# outside build/. All files get the same date, so that the tarball is reproducible.
source_files := if [ -e .git ]; then git ls-files -z; \
	else find . -path ./build -prune -o -type f -printf '%P\0'; fi
source_date  := if [ -e .git ]; then git log -1 --format=%ct; else stat -c %Y kmod/VERSION; fi

.PHONY: dist
dist: ## make a tarball of the source: build/kctl-VERSION.tar.gz
	@mkdir -p build
	$(Q)date=$${SOURCE_DATE_EPOCH:-$$($(source_date))} && \
	($(source_files)) | LC_ALL=C sort -z | tar -c --no-recursion --null -T - --format=ustar \
		--transform 's:^:$(DIST)/:' --mtime=@$$date --mode=u=rwX,go=rX \
		--owner=0 --group=0 --numeric-owner | gzip -9n >build/$(DIST).tar.gz

# debian/ is not at the top of the tree, because only Debian's tools need it there.
DEB := build/deb

.PHONY: deb
deb: dist ## build Debian packages in build/deb
	@tests/deps build deb
	@rm -rf $(DEB)
	@mkdir -p $(DEB)
	$(Q)tar -x -C $(DEB) -f build/$(DIST).tar.gz
	$(Q)mv $(DEB)/$(DIST)/packaging/debian $(DEB)/$(DIST)/
	$(Q)cd $(DEB)/$(DIST) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		dpkg-buildpackage --no-sign $(if $(V),,>../log 2>&1 || { tail -n 40 ../log; exit 1; })
	@ls $(DEB)/*.deb

# --nodeps, because the packages that the spec requires have other names on Debian.
RPM := build/rpm

.PHONY: rpm
rpm: dist ## build RPM packages in build/rpm
	@tests/deps build deb
	@rm -rf $(RPM)
	@mkdir -p $(RPM)/SOURCES
	@cp build/$(DIST).tar.gz $(RPM)/SOURCES
	$(Q)env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL rpmbuild -ba --nodeps --without check \
		--define '_topdir $(abspath $(RPM))' packaging/rpm/kctl.spec $(if $(V),,>$(RPM)/log 2>&1 || { tail -n 40 $(RPM)/log; exit 1; })
	@ls $(RPM)/RPMS/*/*.rpm

.PHONY: check-deb
check-deb: deb rpm ## check the packages: lintian, the same bits again, DKMS, upgrade and purge; RPM
	@tests/deps test vm
	@bats --formatter tap --print-output-on-failure tests/deb

# With STEP, such as 30-newer, start at that step, with the disk of the previous step.
.PHONY: check-system
check-system: deb $(HOST_PROGRAMS) ## the packages on a Debian system that boots: install, reboot, upgrade, purge
	@tests/deps vm system
	@tests/vm/system/run $(STEP)
