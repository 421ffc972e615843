"""Write the modules: `python -m tools.api_client`."""

from pathlib import Path

import contacthub_orm
from tools.api_client.modules import modules

FOLDER = Path(contacthub_orm.__file__).parent / "contacthub" / "api"

for name, text in modules().items():
    (FOLDER / name).write_text(text, encoding="utf-8")
