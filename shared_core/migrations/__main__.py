"""For contributors: `python -m shared_core.migrations "add the gift table"` writes the next core revision.

A throw-away SQLite database is brought to the newest revision and compared with the models.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from shared_core import migrations

USAGE = 'Usage: python -m shared_core.migrations "what changes"'


def main(message: str) -> str:
    """Write the revision in our style; returns what to tell the contributor."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.sqlite3'}"
        migrations.upgrade(url)
        written = migrations.revise(url, message)
    if written is None:
        return "The models hold nothing that the newest revision lacks."
    for tidying in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidying, str(written)], check=True)
    return str(written)


if __name__ == "__main__":
    sys.exit(USAGE) if len(sys.argv) != 2 else sys.stdout.write(main(sys.argv[1]) + "\n")
