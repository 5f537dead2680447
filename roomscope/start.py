"""Where the installed command begins: until everything is loaded, Ctrl-C ends it by the signal, without a page of Python."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from roomscope.__main__ import main

__all__ = ["main"]
