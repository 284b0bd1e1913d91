"""The terminal as Textual drives it, except when it has gone, or is wanted by the shell."""

import os
import signal

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual's driver, with two habits of its own.

    Textual 8.2 writes on a thread, which ends when the terminal's window is closed; whoever then waits for
    room in its queue waits for ever. And it stops its own process alone, so that a `make run` in the
    foreground goes on waiting, and nobody gives the shell its terminal.
    """

    def write(self, data: str) -> None:
        """Writes, as long as there is a terminal."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def stop_together(self) -> None:
        """Gives the terminal back and stops all of the foreground, as the kernel does at Ctrl+Z (termios(3)).

        It comes back after `fg`, with the terminal in our hands: Textual's handler of SIGCONT sees to it.
        """
        self.suspend_application_mode()
        textuals = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, textuals)
