"""Every JSON Schema of a contract, read once into a typed tree."""
