"""Codes that stand in chat exports for what was no text: JD's emoji (``#E-s12``), and the masks of anonymised sets."""

from __future__ import annotations

import re

EMOJI_CODE = re.compile(r"#E-s(?:\[数字x\]|\d{1,3})\d?", re.IGNORECASE)
"""One emoji, as exports of JD chats write it; the number may be masked. Matches original and folded text."""
