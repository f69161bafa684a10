# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shared by the tests with kernels that refuse the module: TAP, keys, the doctor's findings.

number=${FIRST_TEST:-0} failed=0
work=$(mktemp -d)
updates=/lib/modules/$(uname -r)/updates
# The next steps that the doctor prints.
# shellcheck disable=SC2034
{
	dkms=/var/lib/dkms
	make_it="install -d $dkms && openssl req -new -x509 -nodes -newkey rsa:2048"
	make_it+=" -days 36500 -subj /CN=kctl -outform DER -keyout $dkms/mok.key -out $dkms/mok.pub"
	sign_it="/lib/modules/$(uname -r)/build/scripts/sign-file sha256 $dkms/mok.key"
	sign_it+=" $dkms/mok.pub $updates/kctl.ko"
	enrol_it="mokutil --import $dkms/mok.pub"
}

# try NAME CMD…: passes if the command succeeds.
try()
{
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/log" 2>&1; then
		echo "ok $number $name"
		return
	fi
	echo "not ok $number $name"
	sed 's/^/# /' "$work/log"
	failed=$((failed + 1))
}

# finds FINDING NEXT: modprobe fails, and the doctor's only problem is FINDING.
finds()
{
	! modprobe kctl || return
	kctl doctor
	[ $? = 3 ] || return
	kctl -j doctor >"$work/json"
	jq -e --arg finding "$1" --arg next "$2" '
		[.checks[] | select(.result == "problem") | .finding, .next] == [$finding, $next]' \
		"$work/json"
}

# make_key NAME DIRECTORY: make a key and its certificate in DIRECTORY.
make_key()
{
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$2/key" -out "$2/cert"
}

# sign NAME DIRECTORY: sign the module that modprobe finds with key NAME in DIRECTORY, as the
# kernel's sign-file does.
sign()
{
	local size
	openssl cms -sign -in "$KCTL_KO" -signer "$2/cert" -inkey "$2/key" -binary \
		-noattr -nocerts -nosmimecap -md sha256 -outform DER -out "$work/signature"
	size=$(printf '%08x' "$(stat -c %s "$work/signature")")
	mountpoint -q "$updates" || mount -t tmpfs none "$updates" || return
	{
		cat "$KCTL_KO" "$work/signature"
		printf '\0\0\2\0\0\0\0\0'
		printf '%b' "\\x${size:0:2}\\x${size:2:2}\\x${size:4:2}\\x${size:6:2}"
		echo '~Module signature appended~'
	} >"$updates/kctl.ko"
	modinfo -F signer kctl | grep -x "$1"
}
