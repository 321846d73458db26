"""`make screenshots`: take the pictures of the docs from the real page, with the real bot behind it."""

from __future__ import annotations

import io
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from ecomms_bot.practice.drill import libraries_hushed
from ecomms_bot.practice.page.panels import page as panels
from ecomms_bot.practice.training import training
from tests.pictures.acting import Night
from tests.pictures.scenes import Scene, scenes

FOLDER = Path("docs/pictures")
SIZES = {"wide": (1280, 800), "small": (360, 740)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLOURS = (128, 112, 96, 64)
FOLD = """() => {
    const guide = document.getElementById("rail");
    if (guide && !matchMedia("(min-width: 75rem)").matches) guide.open = false;
}"""
"""The first steps, which take a third of a small screen, as who knows them does."""
MOST = 80_000
"""Bytes of one picture: it gets fewer colours until it fits."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as practice,
        libraries_hushed(),
        training(Path(practice) / "practice", port=0, site=panels) as (made, server),
        windows() as open_windows,
    ):
        address = f"http://127.0.0.1:{server.port}"
        for scene in scenes(Night(made)):
            for name, window in open_windows.items():
                path = folder / f"{scene.name}-{name}.png"
                path.write_bytes(small(taken(window, address, scene)))
                click.echo(f"{path} {path.stat().st_size // 1000} kB")


@contextmanager
def windows() -> Iterator[dict[str, Page]]:
    """One for each look."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium)
        yield {
            f"{size}-{scheme}": browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            for size, (width, height) in SIZES.items()
            for scheme in SCHEMES
        }
        browser.close()


def taken(window: Page, address: str, scene: Scene) -> bytes:
    window.goto(address + scene.address)
    window.wait_for_selector(scene.shows)
    window.wait_for_timeout(400)  # what was read is told, and the marks of it go
    if not scene.guide:
        window.evaluate(FOLD)
    if scene.still:
        window.locator(scene.still).last.scroll_into_view_if_needed()
    return window.screenshot(animations="disabled")


def small(picture: bytes) -> bytes:
    """The same in few colours: screens have few, and those that cover most stay exactly as they are."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    data = whole.tobytes()
    pixels = [data[at : at + 3] for at in range(0, len(data), 3)]
    often = [colour for colour, _ in Counter(pixels).most_common()]
    made = b""
    for count in COLOURS:
        palette = often[:count]
        place = {colour: nearest(colour, palette) for colour in often}
        few = Image.frombytes("P", whole.size, bytes(map(place.__getitem__, pixels)))
        few.putpalette(b"".join(palette))
        out = io.BytesIO()
        few.save(out, "PNG", optimize=True)
        made = out.getvalue()
        if len(made) <= MOST:
            break
    return made


def nearest(colour: bytes, palette: Sequence[bytes]) -> int:
    red, green, blue = colour
    return min(
        range(len(palette)),
        key=lambda at: (
            (palette[at][0] - red) ** 2 + (palette[at][1] - green) ** 2 + (palette[at][2] - blue) ** 2
        ),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
