"""Sockets and time: reactor, transports, listeners. Knows no chat."""
