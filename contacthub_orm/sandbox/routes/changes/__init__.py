"""What was changed, to be read afterwards: the update stream and the consent log."""
