"""What the hub does with each message: one file a subject, one line each in the table."""
