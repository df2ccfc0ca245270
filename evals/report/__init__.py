"""How a run is shown: tables in the terminal, and one page for a browser."""
