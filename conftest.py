"""What holds for every test of the project."""

from __future__ import annotations

import signal

# A run that was started in the background of a shell script inherits an interrupt that is ignored, and so do
# all of its children: tests of Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
