"""The steps of a cycle, and what each remembers."""
