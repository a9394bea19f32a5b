"""What the processor can do."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def instructions() -> frozenset[str]:
    """Its instruction sets by the names that Linux has for them; empty where nobody tells."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return frozenset()
    fields = (line.partition(":") for line in info.read_text(encoding="utf-8").splitlines())
    return frozenset(name for key, _, names in fields if key.strip() in ("flags", "Features") for name in names.split())
