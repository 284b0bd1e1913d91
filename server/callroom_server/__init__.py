"""The Callroom server: a reactor, its doors, a pure core, and a durable ledger."""
