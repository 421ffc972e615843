"""The programs of the tutorial, docs/tutorial/: a shoe shop brings its customers into Contacthub."""
