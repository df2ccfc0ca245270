"""What is kept of a person, found and deleted wherever the program has put it. A leaf: only the command line imports it."""
