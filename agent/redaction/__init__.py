"""Taking secrets out of what people wrote, before a model sees it.

`base` what a redactor is · `kinds` HANDOFF_REDACT · `make` the shipped redactor, put together from `phrases` (passwords,
tokens) and `numbers` (cards, bank accounts, national ids) · `plain` text without disguises · `spans` what is found.
"""
