"""The package as a whole: what it imports, what it ships, and that its two READMEs and CI say the same."""

import configparser
import re
import subprocess
import sys
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

import pytest

import csnlp

ROOT = Path(__file__).parents[1]
SHIPPED = Path(csnlp.__file__).parent
HEAVY = ("torch", "transformers", "onnxruntime", "openvino", "pandas", "pyarrow", "tokenizers", "sklearn", "jieba")


def test_import_loads_nothing_heavy():
    code = f"import sys, csnlp; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ships_its_types():
    assert (SHIPPED / "py.typed").is_file()


def test_version_is_that_of_the_distribution():
    assert csnlp.__version__ == version("csnlp-zh")


@pytest.fixture(scope="module")
def packaging():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def words(text):
    return text.split()


def test_every_package_is_shipped(packaging):
    folders = {path.parent for path in (ROOT / "csnlp").rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert found | {"csnlp.shipped"} == set(words(packaging["options"]["packages"]))


def test_every_data_file_is_shipped(packaging):
    shipped = set()
    for package, globs in packaging["options.package_data"].items():
        for glob in words(globs):
            shipped |= set(ROOT.joinpath(*package.split(".")).glob(glob))
    data = {path for path in (ROOT / "csnlp").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert data <= shipped


def test_every_model_is_shipped(packaging):
    globs = words(packaging["options.package_data"]["csnlp.shipped"])
    for config in (ROOT / "models").glob("*/csnlp.json"):
        name = str(config.relative_to(ROOT / "models"))
        assert any(fnmatch(name, glob) for glob in globs), name


def code_blocks(name):
    return re.findall(r"```(\w*)\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def without_comments(block):
    language, code = block
    return language, [line for line in re.sub(r"\s*#.*", "", code).splitlines() if line]


def test_both_readmes_have_the_same_code():
    english, chinese = code_blocks("README.md"), code_blocks("README.zh-CN.md")
    assert english
    assert [without_comments(block) for block in english] == [without_comments(block) for block in chinese]


def test_ci_runs_the_commands_of_the_readme():
    commands = [code.strip() for language, code in code_blocks("README.md")[:2] if language == "sh"]
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in commands:
        assert command in script
