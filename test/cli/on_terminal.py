"""Runs a program on a pseudo terminal of 100 columns: stdin is what is typed, stdout what is shown."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm-256color"
    os.environ.pop("NO_COLOR", None)
    os.execvp(sys.argv[1], sys.argv[1:])

fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
sources = [terminal, sys.stdin.fileno()]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            text = os.read(source, 65536)
        except OSError:  # the program is gone
            text = b""
        if not text:
            sources.remove(source)
        elif source == terminal:
            os.write(sys.stdout.fileno(), text)
        else:
            os.write(terminal, text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
