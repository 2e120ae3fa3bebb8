"""Runs a command on a terminal of its own and answers its question: terminal.py QUESTION ANSWER COMMAND...

What the terminal showed is printed; the exit code is the command's.
"""

import os
import pty
import sys

question, answer, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown = b""
asked = False
while True:
    try:
        new = os.read(terminal, 65536)
    except OSError:  # The command has closed its terminal.
        break
    if not new:
        break
    shown += new
    if not asked and question in shown:
        asked = True
        os.write(terminal, answer + b"\n")
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
