"""Where a language model is asked, for organizations that want one."""

from __future__ import annotations

from governance.connections.shape import PRINTABLE, Kind, Option
from governance.enums import ConnectionKind

MODELING: dict[ConnectionKind, Kind] = {
    ConnectionKind.MODEL: Kind(
        kind=ConnectionKind.MODEL,
        purpose="A language model may suggest passages, where the settings of the model allow it. Off until then.",
        base_url="",
        base_url_help="The address before /chat/completions, such as https://llm.example.com/v1.",
        credential_label="API key",
        credential_help="When the server asks for one; else leave it empty.",
        credential_pattern=PRINTABLE,
        credential_misfit="This does not look like an API key. Copy it again, without spaces or line breaks.",
        options=(
            Option(
                "model",
                "Model",
                "Its name, exactly as the server knows it.",
                r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}",
                "A model's name has letters, digits and . _ : / @ + - only, and begins with a letter or digit.",
            ),
        ),
        needs_secret=False,
    ),
}
