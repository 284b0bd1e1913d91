"""A client's connection: threads and socket, the conversation, and the lines that must not be lost."""
