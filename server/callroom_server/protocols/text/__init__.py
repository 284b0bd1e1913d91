"""The text door: whoever comes with `telnet`, `nc` or a bare socket talks to the same house, line by line."""
