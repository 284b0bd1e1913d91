"""What an operator may choose: settings, limits and their defaults, where they are read from, and how events are logged."""
