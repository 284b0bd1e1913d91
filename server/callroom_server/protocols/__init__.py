"""The doors: each turns bytes into messages and messages into bytes."""
