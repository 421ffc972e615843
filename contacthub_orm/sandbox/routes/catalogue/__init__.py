"""What can only be read: the types of the models, the configurations of Send, and who is asking."""
