# SPDX-License-Identifier: GPL-2.0-or-later
"""fuzz.py PROGRAM SECONDS SEED: run the random caller, and check that nothing is left."""
import subprocess
import sys

import base
from harness import check


def main(arguments):
    before = base.begin()
    print("before:", before, flush=True)
    status = subprocess.run(arguments).returncode
    base.expect(before, "the fuzzer")
    print("after: ", base.numbers())
    return status or check.failed


sys.exit(main(sys.argv[1:]))
