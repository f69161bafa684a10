# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is different in a machine of each architecture, for tests/vm/run. Each function sets
# machine_parameters, which go to the kernel, and machine_arguments, which go to qemu;
# $icount, $debug and $tsc_khz are the caller's.

machine_amd64()
{
	qemu_program=qemu-system-x86_64
	machine_parameters=(console=ttyS0 no_timer_check tsc=reliable 8250.nr_uarts=1 no5lvl)
	if [ "$icount" -eq 1 ]; then
		# A copy by "rep movsb" counts as one instruction a byte, while a real
		# processor that offers it (ERMS, FSRM) moves 32 and more in a cycle: with
		# it, all that copies would look many times as slow as it is.
		machine_arguments=(-cpu "max,-erms,-fsrm" -smp 1)
	else
		machine_parameters+=("tsc_early_khz=$tsc_khz")
		# The debug kernels, without ACPI, see one processor a socket.
		machine_arguments=(-cpu max -smp "2,sockets=2")
	fi
}

machine_arm64()
{
	qemu_program=qemu-system-aarch64
	machine_parameters=(console=ttyAMA0)
	# Authenticated pointers in the architecture's own way take most of the time.
	machine_arguments=(-M "virt,gic-version=3" -cpu "max,pauth-impdef=on"
		-smp $((icount ? 1 : 2)))
}

machine_s390x()
{
	qemu_program=qemu-system-s390x
	machine_parameters=(console=ttysclp0)
	# With vector instructions QEMU 7.2 computes checksums wrongly: no ping is answered.
	machine_arguments=(-M s390-ccw-virtio -cpu "max,vx=off,vxeh=off,vxeh2=off"
		-smp $((icount ? 1 : 2)))
}
