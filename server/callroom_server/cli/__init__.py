"""The server's own commands: serve, backup, restore, verify."""
