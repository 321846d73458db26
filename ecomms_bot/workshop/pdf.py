"""A page of HTML as PDF. Needs Pango from the system; nothing else does, so it is loaded here alone."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import Any

from ecomms_bot.errors import EcommsError

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
"""What Debian and Ubuntu call what a PDF needs."""


_TAGGED = "pdf/ua-1"
"""PDF/UA: with a structure that screen readers follow."""


class NoPango(EcommsError):
    """The system's library for laying out text is not there; nothing was written."""


def from_html(html: str, identifier: str) -> bytes:
    """The PDF of a page that needs nothing from elsewhere: tagged, with bookmarks. Raises NoPango.

    `identifier` stands readable near the end of the file.
    """
    return written(laid_out(html), identifier)


def written(document: Any, identifier: str) -> bytes:
    """The PDF of a page that was laid out."""
    made: bytes = document.write_pdf(pdf_variant=_TAGGED, pdf_identifier=identifier.encode())
    return made


def laid_out(html: str) -> Any:
    """The page divided into sheets, as WeasyPrint's Document. Raises NoPango."""
    try:
        weasyprint = _load()
    except OSError:
        raise NoPango(
            "A PDF needs Pango, which this machine does not have. Nothing was written."
            f" On Debian and Ubuntu: apt-get install {PACKAGES}"
            "\nHTML needs nothing: give a name that ends in .html, and print it from a browser."
        ) from None
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=())
    return weasyprint.HTML(string=html, url_fetcher=fetcher).render(pdf_variant=_TAGGED)


def _load() -> Any:
    """Raises OSError without Pango."""
    silence = io.StringIO()  # it prints advice of its own
    with contextlib.redirect_stdout(silence), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about libraries that later versions will need
        import weasyprint  # noqa: PLC0415 - Pango is not on every machine

        return weasyprint
