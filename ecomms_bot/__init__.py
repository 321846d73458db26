"""A Slack bot that walks government communicators through floods, fires and closures."""

__version__ = "0.1.0"
