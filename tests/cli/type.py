#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""type.py SHELL [--screen] TEXT…: type into a real shell on a terminal, and print the result.

SHELL is bash, zsh or fish, with the completion of this tree and no other settings. Prints
the command line that each TEXT becomes, where \\t is the key TAB; with --screen, prints the
content of the terminal after the last TEXT.

The keys Control-X E write the command line to a file. The shell handles keys in order, so
the file has the line after all previous keys took effect.
"""
import os
import pathlib
import sys
import tempfile
import time

import pexpect

TREE = pathlib.Path(__file__).resolve().parents[2] / "completions"

# The arguments that make a shell read a file first, and the content of that file.
# In zsh, compinit reads the thousand files in fpath, which takes minutes in a guest. So fpath
# gets few of them, and the others are declared by name.
START = {
    "bash": (["--noprofile", "--rcfile", "{file}", "-i"], """
        PS1='ready> '; bind 'set enable-bracketed-paste off'
        bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'
        bind 'set page-completions off'
        . {tree}/kctl.bash
        put() {{ echo "$((++puts)) $READLINE_LINE" >{line}.new; mv {line}.new {line}; }}
        bind -x '"\\C-xe": put'
        """),
    "zsh": (["-d", "-i"], """
        PROMPT='ready> '; unset zle_bracketed_paste; unsetopt PROMPT_SP; LISTMAX=0
        all=($fpath); autoload -Uz compinit
        fpath=({functions} ${{(M)all:#*/Completion(|/Base)}}); compinit -u -D
        fpath=({functions} $all); autoload -Uz ${{^all}}/_*(N:t)
        put() {{ print -r -- "$((++puts)) $BUFFER" >{line}.new; mv {line}.new {line} }}
        zle -N put; bindkey '^Xe' put
        """),
    "fish": (["--no-config", "-C", "source {file}", "-i"], """
        function fish_prompt; echo 'ready> '; end; set -g fish_autosuggestion_enabled 0
        set -g puts 0
        source {tree}/kctl.fish
        function put; set puts (math $puts + 1); echo $puts (commandline) >{line}.new
            mv {line}.new {line}; end
        bind \\cxe put
        """),
}


class Shell:
    def __init__(self, name, directory):
        self.file, self.asked = directory / "line", 0
        functions = directory / "functions"
        functions.mkdir()
        (functions / "_kctl").symlink_to(TREE / "kctl.zsh")
        arguments, script = START[name]
        start = directory / ".zshrc"
        start.write_text(script.format(tree=TREE, line=self.file, functions=functions))
        environment = dict(os.environ, HOME=str(directory), TERM="vt100", LC_ALL="C.UTF-8",
                           ZDOTDIR=str(directory), XDG_CONFIG_HOME=str(directory),
                           XDG_DATA_HOME=str(directory))
        self.child = pexpect.spawn(name, [argument.format(file=start) for argument in arguments],
                                   env=environment, dimensions=(100, 120), timeout=120,
                                   encoding="utf-8", echo=False)
        self.child.expect_exact("ready> ")
        self.seen = ""

    def line(self):
        """Return the command line after the shell has handled all keys before this one."""
        self.asked += 1
        self.child.send("\x18e")
        end = time.monotonic() + 120
        while time.monotonic() < end:
            self.read()
            if self.file.exists():
                number, _, line = self.file.read_text().rstrip("\n").partition(" ")
                if int(number) == self.asked:
                    return line
        sys.exit(f"no answer; the terminal shows: {self.seen!r}")

    def read(self):
        try:
            self.seen += self.child.read_nonblocking(65536, 0.05)
        except pexpect.TIMEOUT:
            pass

    def type(self, text):
        self.child.send("\x15")
        self.line()
        self.seen = ""
        self.child.send(text)
        return self.line()


def main(name, *texts):
    screen = texts[0] == "--screen"
    with tempfile.TemporaryDirectory() as directory:
        shell = Shell(name, pathlib.Path(directory))
        for text in texts[screen:]:
            line = shell.type(text.replace("\\t", "\t"))
            if not screen:
                print(line)
        if screen:
            shell.read()
            print(shell.seen)
        shell.child.close(force=True)


main(*sys.argv[1:])
