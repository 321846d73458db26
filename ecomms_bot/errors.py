"""The project's own errors. Each text is what a person reads: what happened, what was kept, what to do."""

from __future__ import annotations


class EcommsError(Exception):
    """Something went wrong that a person can understand and act on."""


class ConfigurationError(EcommsError):
    """A setting, a token or a file is missing or wrong; nothing was started or changed."""


class PlaybookError(EcommsError):
    """A playbook cannot be used; the text names the file, the place and what was expected."""


class DatabaseError(EcommsError):
    """The database cannot be reached, is busy for too long or has another shape; nothing was written."""
