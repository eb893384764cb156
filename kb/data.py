"""Where the bundled data are: beside the packages in a checkout, inside the wheel else."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def data_dir() -> Path:
    checkout = HERE.parent / "data"
    return checkout if (checkout / "topics.yml").is_file() else HERE / "_data"
