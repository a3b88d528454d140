"""Trade facts out of Persian news."""

__version__ = "0.1.0"
