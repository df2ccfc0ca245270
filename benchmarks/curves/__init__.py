"""What grows with what: catalogues, case files, open conversations. Each prints a table; the plots are `plots.py`."""
