"""A binder as a file: for its owner alone, since it holds telephone numbers, and never over anything else."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

from ecomms_bot.errors import EcommsError
from ecomms_bot.workshop.binder import MADE_BY

_HTML = f'<meta name="generator" content="{MADE_BY}">'.encode()
_PDF = f"/ID [({MADE_BY} ".encode()
_WHERE = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*$")
"""The end of a PDF says where its list of objects begins, and that list bears the file's identifier."""
_BYTES = 2048


class CannotKeep(EcommsError):
    """There is something else under that name, or no way to write there; nothing was written."""


def require_free(path: Path) -> None:
    """Raises CannotKeep if there is anything but an earlier binder under that name."""
    try:
        if path.is_symlink() or (path.exists() and not is_binder(path)):
            raise CannotKeep(
                f"{path} is there already and was not made by `{MADE_BY}`. Nothing was written."
                " Name another file with --out."
            )
    except OSError as error:
        raise _unwritable(path, error) from None


def keep(path: Path, data: bytes) -> None:
    """Write a binder, whole or not at all, over an earlier one at most. Raises CannotKeep."""
    require_free(path)
    try:
        _replace(path, data)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> CannotKeep:
    return CannotKeep(f"{path} cannot be written ({error.strerror}). Name another file with --out.")


def is_binder(path: Path) -> bool:
    """Whether the file is an earlier binder. Raises OSError."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.read(_BYTES)
        if not first.startswith(b"%PDF"):
            return _HTML in first
        file.seek(-min(path.stat().st_size, _BYTES), os.SEEK_END)
        if not (found := _WHERE.search(file.read())):
            return False
        file.seek(int(found[1]))
        return _PDF in file.read(_BYTES)


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
