"""The ``csnlp`` command: its subcommands, and how their errors reach the user."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from csnlp.cli.score import score
from csnlp.errors import CsnlpError, CsnlpWarning
from csnlp.version import __version__

# Commands that import much: csnlp.cli.<name> is imported, and its <name> (a function, or a typer application with
# commands of its own) run, only when it is called. To add one, write its line here.
LAZY_COMMANDS = {
    "train": "Fine-tune a model on your own labelled replies.",
    "evaluate": "Measure a model on labelled replies, head by head.",
    "bench": "Measure how fast a model scores your chats on this machine.",
    "rules": "Look at a rule book, check it, and see what it does to chats.",
}

app = typer.Typer(
    name="csnlp",
    help="Scores Chinese customer-service replies: politeness, accuracy, complaints, and your rules.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("score")(score)


class _PassesOn(TyperCommand):
    """Everything behind the name is for the command itself, ``--`` and --help too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.args = args
        return args


def _add_lazy(name: str, summary: str) -> None:
    def command(context: typer.Context) -> None:
        found = getattr(import_module(f"csnlp.cli.{name}"), name)
        own = found if isinstance(found, typer.Typer) else _alone(found)
        status = own(args=context.args, prog_name=f"csnlp {name}", standalone_mode=False)
        raise typer.Exit(status if isinstance(status, int) else 0)

    app.command(name, cls=_PassesOn, help=summary, add_help_option=False)(command)


def _alone(function: Callable[..., None]) -> typer.Typer:
    own = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    own.command()(function)
    return own


for _name, _summary in LAZY_COMMANDS.items():
    _add_lazy(_name, _summary)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"csnlp {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line ``args`` (default: the process's own) and return its exit status.

    0: all is well. 1: nothing was done; one line on the standard error says why. 2: done, but for some rows.
    130: stopped by Ctrl-C.
    """
    if args is None:
        _answer_ctrl_c()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese is no reason to stop
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", CsnlpWarning)
            warnings.showwarning = _warnings_as_lines(warnings.showwarning)
            status = app(args=args, prog_name="csnlp", standalone_mode=False)
    except BrokenPipeError:
        # The reader of our output has enough. Nothing may be flushed to it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CsnlpError, OSError) as error:
        return _fail(str(error))
    except MemoryError:
        return _fail("there is not enough memory to go on; close other programs, or use a machine with more")
    except typer.Exit as error:
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        # Wrong options: typer's name for this family changed between versions, its method did not.
        if not hasattr(error, "format_message"):
            raise
        command = getattr(getattr(error, "ctx", None), "command_path", "csnlp")
        return _fail(f"{error.format_message()} (see {command} --help)")
    return status if isinstance(status, int) else 0


def _answer_ctrl_c() -> None:
    """Answer Ctrl-C at once, as what the engine is at must end first, which can take a minute; the second one ends the
    process there and then, which no file of csnlp minds."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # the caller wants it ignored, or sees to it himself

    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.write(2, b"\ncsnlp: stopping; press Ctrl-C again to end at once\n")  # print may be in the middle of a line
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)


def _warnings_as_lines(others: Callable[..., None]) -> Callable[..., None]:
    """Shows csnlp's own warnings as one line, without a place in its source; ``others`` shows those of libraries."""

    def show(message: Warning | str, category: type[Warning], *about: object, **more: object) -> None:
        if issubclass(category, CsnlpWarning):
            _say(f"warning: {message}")
        else:
            others(message, category, *about, **more)

    return show


def _fail(message: str) -> int:
    _say(message)
    return 1


def _say(message: str) -> None:
    """Print ``message``, in which the name of a file could command the terminal, on the standard error."""
    from csnlp.text.printable import printable  # slow to import, and --help is to be quick

    print("csnlp:", "\n".join(map(printable, message.splitlines())), file=sys.stderr)
