"""Plain data: what is said, decided, proposed and kept. Nothing here knows any other part."""
