# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of mutants."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TABLE, SUITE = HERE + "/table", "tests/vm/suite"


class Mutant:
    def __init__(self, number, file, line):
        self.number, self.file, self.line = number, file, line
        self.change, _, rest = line.partition(" @ ")
        self.test, _, self.explained = rest.partition(" # ")
        self.text, self.arrow, self.new = self.change.partition(" => ")
        self.kernel, _, self.test = self.test.strip().rpartition(": ")

    def apply(self, source):
        """Return the changed source, which must have the text exactly once. Space is any space."""
        pattern = r"\s+".join(map(re.escape, self.text.split()))
        count = len(re.findall(pattern, source)) if pattern else 0
        if count != 1 or not self.arrow or not self.test:
            raise ValueError("table:%d: the text is %d times in kmod/%s, not once: %s" % (
                self.number, count, self.file, self.text) if self.arrow and self.test else
                "table:%d: no \"TEXT => NEW @ TEST\": %s" % (self.number, self.line))
        return re.sub(pattern, lambda _: self.new, source)

    def command(self):
        """Return the words of the command that runs the test, which must exist."""
        topic, *names = self.test.split()
        if topic.endswith(".bats"):
            with open("%s/%s/%s" % (TOP, SUITE, topic)) as file:
                if self.test.split(None, 1)[1] in file.read():
                    return ["bats", "-f", " ".join(names), "%s/%s" % (SUITE, topic)]
        elif os.path.exists(cases := "%s/%s/lib/cases_%s.py" % (TOP, SUITE, topic)):
            with open(cases) as file:
                if names and set(names) <= set(re.findall(r"^def (\w+)", file.read(), re.M)):
                    return ["python3", "-S", SUITE + "/lib/run.py", topic, *names]
        raise ValueError("table:%d: no such test: %s" % (self.number, self.test))


def read_table():
    """Return the mutants. A line that ends in a colon names the file of the following lines."""
    mutants, file = [], None
    with open(TABLE) as table:
        for number, line in enumerate(map(str.strip, table), 1):
            if line.endswith(":"):
                file = line[:-1]
            elif line and not line.startswith("#"):
                mutants.append(Mutant(number, file, line))
    return mutants


def source_of(mutant):
    with open("%s/kmod/%s" % (TOP, mutant.file)) as file:
        return file.read()


def check_table(mutants):
    """Check that each change applies, and that each test exists."""
    wrong = 0
    for mutant in mutants:
        try:
            mutant.apply(source_of(mutant))
            mutant.command()
        except (ValueError, OSError, IndexError) as err:
            print(err, file=sys.stderr)
            wrong += 1
    return not wrong
