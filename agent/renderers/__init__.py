"""A reply as other programs show it: one pure function `from_reply` in each module, with no library behind it."""
