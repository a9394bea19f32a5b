"""Which part of the package may import which: data flows one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import csnlp

PACKAGE = Path(csnlp.__file__).parent
ENGINES = ("torch", "transformers", "openvino", "onnxruntime", "tokenizers", "sklearn", "jieba")


def imports_of(part: str) -> Iterator[tuple[str, str]]:
    """File and imported module for every import in ``part``, a module or a package of csnlp, wherever it stands."""
    files = sorted((PACKAGE / part).rglob("*.py")) or [PACKAGE / f"{part}.py"]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((str(file), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((str(file), f"{node.module}.{alias.name}") for alias in node.names)


def importing(part: str, *modules: str) -> list[tuple[str, str]]:
    return [(file, name) for file, name in imports_of(part) if f"{name}.".startswith(tuple(f"{m}." for m in modules))]


def test_models_know_no_rules() -> None:
    assert importing("models", "csnlp.rules", "csnlp.scoring", "csnlp.io") == []


def test_rules_know_no_model_and_no_library_of_models() -> None:
    assert importing("rules", "csnlp.models", "csnlp.scoring", "csnlp.io", *ENGINES) == []


def test_reading_and_writing_know_neither() -> None:
    assert importing("io", "csnlp.models", "csnlp.rules", "csnlp.scoring") == []


def test_the_words_of_csnlp_import_nothing_of_it_but_to_explain() -> None:
    assert [name for _, name in importing("types", "csnlp")] == ["csnlp.explain.explain"]


def test_training_is_imported_by_the_command_alone() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    found = {part: importing(part, "csnlp.training") for part in sorted(parts - {"training"})}
    assert [part for part, imports in found.items() if imports] == ["cli"]
