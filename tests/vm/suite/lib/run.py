# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py TOPIC CASE…: run cases of cases_TOPIC.py."""
import faulthandler
import importlib
import os
import sys

# For the debug kernel. Others need less than a tenth.
SECONDS = int(os.environ.get("KCTL_CASE_SECONDS", "300"))

if __name__ == "__main__":
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=sys.stdout)
    importlib.import_module("cases_" + sys.argv[1])
    import harness
    code = harness.main(sys.argv[2:])
    sys.stdout.flush()
    # Threads may be stuck in a call that does not return.
    os._exit(code)
