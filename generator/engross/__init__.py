"""Turn API contracts into typed Python packages, and prove that they are current."""

__version__ = "0.1.0"
