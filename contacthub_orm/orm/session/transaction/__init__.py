"""How a session commits: blocks and their undoing, signals, and conflicts with other writers."""
