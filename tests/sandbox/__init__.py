"""The sandbox as a server: asked by plain HTTP, without the library's client."""
