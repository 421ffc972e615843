"""Reading and loading by the engines of many machines. The core knows no engine; each engine is a module of its own."""
