#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""set_often.py CHANNEL TIMES: set a channel TIMES times, in this network namespace."""
import sys

from genl import Genl

genl = Genl()
for _ in range(int(sys.argv[2])):
    if genl.set_channel(int(sys.argv[1])):
        sys.exit("not set")
