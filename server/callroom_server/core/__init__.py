"""The pure core: messages and time in, effects out; no socket, clock, thread or file."""
