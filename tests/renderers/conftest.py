"""Fixtures of all renderers' tests."""

from tests.renderers.seed import seed

__all__ = ["seed"]
