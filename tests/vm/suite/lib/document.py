# SPDX-License-Identifier: GPL-2.0-or-later
"""document.py FILE COMMAND: run the example of a document that begins with this command, and
compare the output of its commands with that in the document.

An example is a console block in Markdown, or a literal display in mdoc. Output that differs
from one run to the next is masked."""
import re
import subprocess
import sys

MASKS = [(r'"changed":\d+', '"changed":N'), (r'"changed_iso":"[^"]*"', '"changed_iso":"TIME"'),
         (r'"generation":\d+', '"generation":N')]


def blocks_of(path):
    with open(path) as file:
        text = file.read()
    if path.endswith(".md"):
        return re.findall(r"^```console\n(.*?)^```", text, re.M | re.S)
    found = re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", text, re.M | re.S)
    return [block.replace("\\e", "\\").replace("\\&", "") for block in found]


def examples_of(block):
    """Return [(command, its output)]. A command ends where it is complete for the shell."""
    found, lines = [], block.splitlines()
    while lines:
        command = lines.pop(0)[2:]
        while subprocess.run(["bash", "-nc", command], stderr=subprocess.DEVNULL).returncode:
            command += "\n" + lines.pop(0).removeprefix("> ")
        printed = []
        while lines and not re.match(r"[#$] ", lines[0]):
            printed.append(lines.pop(0))
        found.append((command, printed))
    return found


def run(shell, command):
    """Run a command in one shell, which keeps its variables and the status of the last command."""
    shell.stdin.write("(exit $last)\n%s\nlast=$?; echo; echo END\n" % command)
    shell.stdin.flush()
    lines = []
    for line in shell.stdout:
        if line == "END\n":
            break
        lines.append(line.rstrip("\n"))
    return lines[:-1] if lines and not lines[-1] else lines


def masked(lines):
    text = "\n".join(lines)
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text)
    return text


def main(path, first):
    [block] = [block for block in blocks_of(path) if block.startswith(first + "\n")]
    failed = 0
    with subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as shell:
        shell.stdin.write("last=0\n")
        for command, printed in examples_of(block):
            got = run(shell, command)
            if masked(got) != masked(printed):
                print("%s: %s\nsays:   %s\nprints: %s" % (path, command, printed, got))
                failed += 1
        shell.stdin.close()
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
