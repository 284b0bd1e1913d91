"""Where the record is kept: SQLite for the house, memory for tests."""
