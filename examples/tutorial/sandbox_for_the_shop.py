"""A server for the tutorial: it keeps its data in shop.sqlite and writes a settings file for the programs.

python -m examples.tutorial.sandbox_for_the_shop
"""

from __future__ import annotations

import time
from pathlib import Path

from contacthub_orm import Sandbox


def write_settings(sandbox: Sandbox, file: Path) -> None:
    """Write where the server is, as variables of the environment."""
    lines = [f"{name}={value}" for name, value in sandbox.environment.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with Sandbox("shop.sqlite") as sandbox:
        write_settings(sandbox, Path("shop.env"))
        print(f"The shop's data is at {sandbox.base_url}; stop it with Ctrl-C", flush=True)
        while True:
            time.sleep(60)
