"""The `callroom` command."""
