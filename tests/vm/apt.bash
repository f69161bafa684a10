# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian's packages, for tests/vm/kernel and tests/vm/root. say(), die() and $cache are the
# caller's.
#
# Packages of the release that this machine runs come through the machine's own apt. For
# other suites and architectures, apt uses a separate configuration and state in the cache.
# From outside the cache, only the address of the mirror is read, and nothing is changed.

# ---- other suites ----------------------------------------------------------

# The first Debian archive among the machine's own sources.
mirror()
{
	apt-get indextargets --format "\$(REPO_URI)" 'Origin: Debian' 'Label: Debian' |
		sed -n 1p
}

# write_apt_configuration DIRECTORY ARCHITECTURES SUITE...: apt prefers the packages of the
# last suite.
write_apt_configuration()
{
	local dir=$1 architectures=$2 site suite
	shift 2
	site=$(mirror)
	[ -n "$site" ] || die "this machine's apt has no Debian archive: no kernel of ${*: -1}"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	for suite; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
			"$site $suite main"
	done >"$dir/sources.list"
	: >"$dir/status"
	cat >"$dir/apt.conf" <<-CONF
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$dir";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir";
	Dir::Log "$dir";
	APT::Default-Release "${*: -1}";
	APT::Architecture "${architectures%%,*}";
	APT::Architectures { "${architectures//,/\"; \"}"; };
	APT::Install-Recommends "false";
	APT::Sandbox::User "$(id -un)";
	Debug::NoLocking "true";
	CONF
}

# use_suites ARCHITECTURES SUITE...: from here on, apt knows only these suites, for a machine
# of the first architecture. ARCHITECTURES are separated by commas.
use_suites()
{
	local dir=$cache/apt/${*: -1}-$1
	[ -e "$dir/apt.conf" ] || write_apt_configuration "$dir" "$@"
	export APT_CONFIG=$dir/apt.conf
}

# ---- packages --------------------------------------------------------------

update_lists()
{
	say "updating the package lists"
	if [ -n "${APT_CONFIG-}" ]; then
		# Only one update at a time for each configuration.
		flock "${APT_CONFIG%/*}" apt-get update -q >&2 || :
	elif [ "$(id -u)" -eq 0 ]; then
		# A single unreachable archive is not fatal.
		apt-get update -q >&2 || :
	elif sudo -n true 2>/dev/null; then
		sudo -n apt-get update -q >&2 || :
	else
		die "the package lists are absent or old; run: sudo apt-get update"
	fi
}

# The dependencies of package $1 whose names match the regex $2. apt-cache appends a foreign
# architecture to the name, and puts virtual packages and those of another architecture in
# angle brackets.
dependencies()
{
	apt-cache depends --important "$1" 2>/dev/null |
		sed -n 's/^[ |]\+\(Pre\)\?\(Depends: \)\?<\?\([^:>]*\).*/\3/p' |
		grep -E "^($2)\$" | awk '!seen[$0]++'
}

# The first such dependency; if there is none, update the package lists and try once more.
resolve()
{
	dependencies "$@" | sed -n 1p | grep . && return 0
	update_lists
	dependencies "$@" | sed -n 1p | grep .
}

# The packages whose names match the regex $1, the newest first, with the same second try.
packages()
{
	local list=(apt-cache search --names-only "^$1\$")
	[ -n "$("${list[@]}")" ] || update_lists
	"${list[@]}" | cut -d ' ' -f 1 | sort -rV | grep .
}

# Download packages "$@" into the current directory.
download()
{
	say "downloading $*"
	# As root, apt would warn that its sandbox user cannot write here.
	local apt=(apt-get download -q -o "APT::Sandbox::User=$(id -un)")
	"${apt[@]}" "$@" >/dev/null 2>&1 && return 0
	update_lists
	"${apt[@]}" "$@" >&2
}

# Download packages "$@" and all their dependencies into the current directory. Needs a
# configuration of use_suites(), in which no package is installed.
download_all()
{
	local apt=(apt-get install -y -q --download-only -o "Dir::Cache::archives=$PWD")
	say "downloading $* and what belongs to them"
	mkdir -p partial
	"${apt[@]}" "$@" >/dev/null 2>&1 && return 0
	update_lists
	"${apt[@]}" "$@" >&2
}

# unpack_packages DIRECTORY [OPTION OF TAR...]: unpack every package in the current directory
# into DIRECTORY, and remove the package.
unpack_packages()
{
	local root=$1 package
	shift
	mkdir -p "$root"
	for package in ./*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --no-same-owner "$@"
		rm "$package"
	done
}
