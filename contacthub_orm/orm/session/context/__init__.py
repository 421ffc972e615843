"""What a session holds, how documents enter it, and how its pending state is flushed, restored and reconciled."""
