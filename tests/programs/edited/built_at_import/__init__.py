"""A package whose client is there as soon as it is imported."""
