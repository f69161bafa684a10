# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs of another release of Debian, or for another architecture.

# The architecture in the names of Debian's cross compilers.
# shellcheck disable=SC2034
declare -A TRIPLET=([amd64]=x86-64-linux-gnu [arm64]=aarch64-linux-gnu
	[s390x]=s390x-linux-gnu)

# with_toolchain DIRECTORY COMMAND...: run the command with the compiler and the libc of
# DIRECTORY/usr, which replaces this machine's /usr, if it exists. Only that process sees the
# replacement, and it needs no privilege.
with_toolchain()
{
	local toolchain=$1
	shift
	if [ ! -e "$toolchain" ]; then
		"$@"
		return
	fi
	# shellcheck disable=SC2016
	LANG=C LC_ALL=C unshare --map-root-user --mount sh -c 'mount --bind "$0" /usr && exec "$@"' \
		"$toolchain/usr" "$@"
}
