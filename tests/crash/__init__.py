"""One large commit, killed at chosen points and recovered: in this process by an exception, in its own by SIGKILL."""
