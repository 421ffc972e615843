"""What `--help` says, of all commands alike."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from contacthub_orm.cli.main import main


def helped(*arguments):
    result = CliRunner().invoke(main, [*arguments, "--help"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("name", sorted(main.commands))
def test_a_command_has_an_example_and_fits_into_80_columns(name):
    told = helped(name)
    assert re.search(rf"Examples?:\n +contacthub-orm {name}\b", told)
    assert max(map(len, told.splitlines())) <= 80


def test_no_line_of_the_list_of_commands_is_cut_off():
    told = helped()
    assert "..." not in told.partition("Commands:")[2]
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_a_completion(shell):
    result = CliRunner().invoke(
        main, env={"_CONTACTHUB_ORM_COMPLETE": f"{shell}_source"}, prog_name="contacthub-orm"
    )
    assert f"_CONTACTHUB_ORM_COMPLETE={shell}_complete" in result.output
