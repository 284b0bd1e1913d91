"""The line client: a prompt with a toolbar on a terminal, plain lines or JSON everywhere else."""
