"""Renders audited Exchange scripts for room calendars, and verifies afterwards what they granted."""

import os

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib takes as long as all the rest
if not os.path.isdir(os.path.join(_HERE, "generator")):  # noqa: PTH112, PTH118
    # In a checkout the rooms stand beside this folder; installed, they stand in it.
    __path__.append(os.path.dirname(_HERE))  # noqa: PTH120
