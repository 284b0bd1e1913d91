"""What an operator may choose: settings and limits, where they are read from, and how events are logged."""
