"""What a form asks for and which entries fit: the same judge for the house and for its clients. Pure."""
