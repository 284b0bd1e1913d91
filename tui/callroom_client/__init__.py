"""The client without a screen: what a socket does, what a conversation is, and what a person may type."""
