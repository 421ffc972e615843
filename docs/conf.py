"""The documentation site: `sphinx-build -W docs build/site`. The pages are the Markdown files that the repository shows."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `tools.site`

project = "contacthub_orm"
author = "the contributors of contacthub_orm"
version = release = version_of("contacthub_orm")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "tools.site",
]
exclude_patterns = ["_build"]

smartquotes = False  # `--live` is two hyphens
suppress_warnings = ["ref.python"]  # a name in a signature may be of both services, such as Customer
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # one entry for what a docstring lists and a property documents

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = f"contacthub_orm {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "monokai"
