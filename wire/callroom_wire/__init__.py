"""What both sides of a Callroom connection agree on: frames, messages, text and names. No I/O."""
