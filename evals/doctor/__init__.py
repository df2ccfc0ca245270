"""The catalogue doctor: which descriptions confuse the router, and what would tell them apart."""
