"""How a command reaches its workspace: the options for it, and the errors of it as the command line's."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm import Node, Workspace

__all__ = ["Target", "node_options", "told", "workspace_options"]

INVENTED: Final = 100
"""How many people a throwaway sandbox begins with."""

_SETTINGS: Final = click.option(
    "--settings",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    envvar="CONTACTHUB_SETTINGS",
    help="INI file with the workspace's id and token; by default the variables CONTACTHUB_*.",
)
_NODE: Final = click.option("--node-id", metavar="ID", help="The node; CONTACTHUB_NODE_ID by default.")
_SANDBOX: Final = click.option(
    "--sandbox",
    is_flag=True,
    help=f"Take a sandbox with {INVENTED} invented people, which ends with the command.",
)


@contextmanager
def told() -> Iterator[None]:
    """Let the library's errors end the command with a message and the exit status 1."""
    from contacthub_orm import ContacthubError

    try:
        yield
    except ContacthubError as error:
        raise click.ClickException(str(error)) from None


@attrs.frozen
class Target:
    """The workspace, and the node in it, that a command is for.

    Attributes:
        settings: an INI file, or None for the environment.
        node_id: the id of the node, or None for that of the environment.
        sandbox: whether to take a throwaway sandbox in place of both.
    """

    settings: str | None = None
    node_id: str | None = None
    sandbox: bool = False

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The workspace; errors of the library inside the block end the command."""
        from contacthub_orm import Workspace

        with told(), ExitStack() as stack:
            if self.sandbox:
                yield stack.enter_context(_throwaway()).workspace
            elif self.settings is not None:
                yield stack.enter_context(Workspace.from_ini_file(self.settings))
            else:
                yield stack.enter_context(Workspace.from_env())

    @contextmanager
    def node(self) -> Iterator[Node]:
        """The node; errors of the library inside the block end the command."""
        if self.sandbox:
            with told(), _throwaway() as sandbox:
                yield sandbox.node
        else:
            with self.workspace() as workspace:
                yield workspace.get_node(self.node_id)


@contextmanager
def _throwaway() -> Iterator[Any]:
    from contacthub_orm.sandbox import Sandbox, people
    from contacthub_orm.sandbox.server.local_server import SandboxUnavailable

    try:
        opened = Sandbox()
    except SandboxUnavailable as missing:
        raise click.ClickException(str(missing)) from None
    with opened as sandbox, sandbox.workspace:
        sandbox.seed(people(INVENTED, seed=1))
        yield sandbox


def _with_target(*options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    names = ("settings", "node_id", "sandbox")

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def called(**given: Any) -> Any:
            chosen = {name: given.pop(name) for name in names if name in given}
            return command(target=Target(**chosen), **given)

        called.__name__, called.__doc__ = command.__name__, command.__doc__
        called.__dict__.update(command.__dict__)  # the options that were declared below this decorator
        for option in reversed(options):
            called = option(called)
        return called

    return decorate


def workspace_options(*, sandbox: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options that name a workspace, and the argument `target`."""
    return _with_target(_SETTINGS, *([_SANDBOX] if sandbox else []))


def node_options(*, sandbox: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options that name a node, and the argument `target`."""
    return _with_target(_NODE, _SETTINGS, *([_SANDBOX] if sandbox else []))
