"""What every command of Callroom shares: sentences in two languages, and command lines. No I/O."""
