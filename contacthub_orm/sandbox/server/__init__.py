"""The server: the application, its delivery over HTTP, its process and its life."""
