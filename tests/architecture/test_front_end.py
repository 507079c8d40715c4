"""What pages are drawn with: contrast in both themes, vendored files as received, nothing inline or foreign."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((STATIC / "css").glob("*.css"))
MODULES = sorted((STATIC / "js").glob("*.js"))

_TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
_TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in _TOKEN.findall((STATIC / "css/tokens.css").read_text())
}

_SURFACES = ("paper", "sheet", "rail", "well")
_INKS = ("ink", "ink-2", "ink-3", "accent", "accent-strong", "ask", "warn", "done")
_PHASES = ("phase-impact", "phase-diagnosis", "phase-mitigation", "phase-recovery")
_TEXT = [
    *product(_INKS, _SURFACES),
    *product(("ink-2", "accent", "ask", "warn", "done"), _PHASES),
    *product(("ink", "ink-2", "ink-3"), ("accent-soft", "ask-soft", "warn-soft", "done-soft")),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("ask", "ask-soft"),
    ("warn", "warn-soft"),
    ("done", "done-soft"),
    ("ink", "ask-mark"),
]
_BORDERS = list(product(("rule-strong", "accent"), ("paper", "sheet")))


def _luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb`` as WCAG 2.2 defines it, 0 to 1."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), _TEXT)
def test_contrast_of_text_is_aa(ink: str, surface: str, theme: str) -> None:
    assert _contrast(_TOKENS[ink][theme], _TOKENS[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("border", "surface"), _BORDERS)
def test_contrast_of_control_borders_and_focus_is_aa(border: str, surface: str, theme: str) -> None:
    assert _contrast(_TOKENS[border][theme], _TOKENS[surface][theme]) >= 3


def test_styles_of_the_pdf_use_only_light_tokens() -> None:
    light = {token["light"] for token in _TOKENS.values()}
    for name in ("pdf.css", "pdf-lanes.css"):
        used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / "css" / name).read_text()))
        assert used <= light, name


def test_styles_name_no_color_outside_of_the_tokens() -> None:
    for name in ("base.css", "layout.css", "components.css", "print.css"):
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / "css" / name).read_text()), name


def test_styles_use_only_tokens_that_exist() -> None:
    declared = set(re.findall(r"(--[\w-]+):", (STATIC / "css/tokens.css").read_text()))
    used = {name for sheet in STYLES for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())}
    assert used <= declared


def test_styles_load_nothing_from_elsewhere() -> None:
    for sheet in STYLES:
        text = sheet.read_text()
        assert "@import" not in text, sheet.name
        for address in re.findall(r"url\(\"?([^\")]+)", text):
            assert (sheet.parent / address).resolve().is_file(), f"{sheet.name}: {address}"


def test_vendor_files_are_as_the_manifest_says() -> None:
    listed = {entry["file"]: entry["sha256"] for entry in json.loads((VENDOR / "MANIFEST.json").read_text())}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert found == listed


def test_vendor_packages_carry_their_license() -> None:
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").stat().st_size > 0, folder.name


def test_vendor_faces_are_all_used() -> None:
    faces = (STATIC / "css/fonts.css").read_text()
    unused = [path.name for path in VENDOR.rglob("*.woff2") if path.name not in faces]
    assert not unused


def test_icons_of_templates_are_in_the_sprite() -> None:
    sprite = next(VENDOR.glob("lucide-*/sprite.svg")).read_text()
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    named = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([a-z0-9-]+)"', path.read_text())}
    assert named
    assert named <= drawn


def test_modules_are_all_behind_the_one_door() -> None:
    reached: set[str] = set()
    waiting = ["main.js"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        text = (STATIC / "js" / name).read_text()
        waiting += set(re.findall(r'(?:from|import) "\./([\w-]+\.js)"', text)) - reached
    assert reached == {module.name for module in MODULES} - {"theme.js"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_inline(path: Path) -> None:
    """The content security policy refuses it, so it would only look as if it worked. Paper and mail know no policy."""
    if {"print", "mail"} & set(path.parts):
        return
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|data:image", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
