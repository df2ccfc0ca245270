"""Search over the queues' own words, without a model."""
