"""``csnlp bench``: how fast a model is here, on your own replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from csnlp.cli.options import Device, Encoding, Format, Map, check_file, exchanges, open_chats
from csnlp.errors import ConfigError


def bench(
    scenario: Annotated[
        str, typer.Argument(help="latency, mixed, duplicates, conversations, growth, cold, cores, all")
    ],
    file: Annotated[Path, typer.Argument(help="Chats to measure on: any file that csnlp score reads.")],
    model: Annotated[str, typer.Option("--model", help="A model's name, or its folder.")] = "bert",
    device: Device = "cpu",
    threads: Annotated[int, typer.Option("--threads", min=0, help="Cores that the model may use; 0: all.")] = 0,
    format: Format = None,
    map: Map = None,
    encoding: Encoding = None,
    size: Annotated[float, typer.Option("--size", min=0.0001, help="Scales the number of replies.")] = 1.0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")] = None,
) -> None:
    """Measure the speed of scoring; says what machine it ran on."""
    import csnlp
    from csnlp.bench import SCENARIOS, Subject, machine

    if scenario != "all" and scenario not in SCENARIOS:
        raise ConfigError(f"no scenario {scenario!r}; known: {', '.join(SCENARIOS)}, all")
    check_file("--json", json_file, file)
    chats = open_chats(file, format, map, encoding)
    usable = [item for item in exchanges(chats) if isinstance(item, csnlp.Exchange)]  # it tells when there is none
    subject = Subject(model, usable, device, threads, size)
    result: dict[str, Any] = {"model": model, "device": device, "threads": threads, "file": file.name, "size": size}
    result["scenarios"] = {}
    for name in SCENARIOS if scenario == "all" else (scenario,):
        result["scenarios"][name] = figures = SCENARIOS[name](subject)
        typer.echo(f"{name}: {(SCENARIOS[name].__doc__ or '').splitlines()[0]}")
        for line in _lines(figures):
            typer.echo(f"  {line}")
    result["machine"] = machine()
    if json_file:
        from csnlp.io.atomic import write_text

        write_text(json_file, json.dumps(result, ensure_ascii=False, indent=2) + "\n")


def _lines(figures: dict[str, Any], prefix: str = "") -> list[str]:
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += _lines(value, f"{prefix}{name} ")
        else:
            shown = f"{value:,.3f}" if isinstance(value, float) else f"{value:,}"
            lines.append(f"{prefix + name.replace('_', ' '):34} {shown}")
    return lines
