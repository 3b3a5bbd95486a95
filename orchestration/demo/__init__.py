"""The demo: a sandbox that trades, the whole loop run against it, and what came of it."""
