# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The messages with which the kernel reports a bug, for tests/vm/run and tests/vm/system/run.

SPLATS='BUG: |WARNING: |KASAN: |UBSAN: |Oops: |Kernel panic|ODEBUG: |refcount_t: '
SPLATS+='|general protection fault|scheduling while atomic|sleeping function called'
SPLATS+='|INFO: (possible|task .* blocked|trying to register|lockdep|.*detected stall)'
SPLATS+='|suspicious RCU|circular locking|detected stalls? on|soft lockup'
SPLATS+='|unreferenced object|suspected memory leak|kmemleak: (Cannot|Memory pool)'
SPLATS+='|leaked reference|has [0-9]+/[0-9]+ users at|unregister_netdevice: waiting'
SPLATS+='|Objects remaining in|list_(add|del) corruption|unable to handle'
