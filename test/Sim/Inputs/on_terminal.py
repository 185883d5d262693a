"""Runs a command on a terminal of its own and prints what it shows, with a new
line wherever a line is erased."""
import os
import pty
import sys

shown = bytearray()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown.extend(data)
_, status = os.waitpid(pid, 0)
text = shown.decode().replace("\r\n", "\n").replace("\r\033[K", "\n")
sys.stdout.write(text)
sys.exit(os.waitstatus_to_exitcode(status))
