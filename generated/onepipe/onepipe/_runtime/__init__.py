"""What all calls of this package share: sending, retries, models, errors.

The package's public names are those of its root; this part is its own.
"""
