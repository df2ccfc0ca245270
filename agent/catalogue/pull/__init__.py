"""A catalogue from what the appliance has: the first file, and changes to one that people have written in."""
