"""Pure parsers of foreign protocols and of what people type."""
