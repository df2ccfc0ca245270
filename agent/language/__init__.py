"""What is said and understood without a model: fixed texts, recognised phrases, clean text."""
