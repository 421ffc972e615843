"""The server: the application, the delivery of its answers, the server thread, and `Sandbox`."""
