# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machines of the architectures, for tests/vm/run. Each function sets
# machine_parameters for the kernel and machine_arguments for qemu. The caller sets
# $icount, $debug, $cpus and $tsc_khz.

machine_amd64()
{
	qemu_program=qemu-system-x86_64
	machine_parameters=(console=ttyS0 no_timer_check tsc=reliable 8250.nr_uarts=1 no5lvl)
	# The emulator runs "rep movsb" byte by byte. If the processor claims that it is fast
	# (ERMS, FSRM), the kernel copies and clears pages with it. That takes a fifth of the
	# time of a guest, and makes instruction counts of code that copies many times too high.
	local cpu=max,-erms,-fsrm
	if [ "$icount" -eq 1 ]; then
		machine_arguments=(-cpu $cpu -smp "$cpus")
	else
		machine_parameters+=("tsc_early_khz=$tsc_khz")
		# The debug kernels have no ACPI, and see only one processor in each socket.
		machine_arguments=(-cpu $cpu -smp "$cpus,sockets=$cpus")
	fi
}

machine_arm64()
{
	qemu_program=qemu-system-aarch64
	machine_parameters=(console=ttyAMA0)
	# Emulating the architected algorithm of pointer authentication takes most of the time.
	machine_arguments=(-M "virt,gic-version=3" -cpu "max,pauth-impdef=on"
		-smp "$cpus")
}

machine_s390x()
{
	qemu_program=qemu-system-s390x
	machine_parameters=(console=ttysclp0)
	# With vector instructions QEMU 7.2 computes checksums wrongly: no ping is answered.
	machine_arguments=(-M s390-ccw-virtio -cpu "max,vx=off,vxeh=off,vxeh2=off"
		-smp "$cpus")
}
