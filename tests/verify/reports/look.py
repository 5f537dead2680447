"""Takes pictures of report.html in a real Chromium, for people to look at: `python -m tests.verify.reports.look DIR`."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from roomscope.verify.reports.page import page
from tests.verify.reports import made

_REPORTS = {"kept": made.kept, "broken": made.broken, "hostile": made.hostile}
_SIZES = {"desk": "1100,2600", "phone": "412,2600"}
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--hide-scrollbars",
)


def look(folder: Path) -> Iterator[Path]:
    """Every report in each look: light and dark, wide and narrow, and printed."""
    for name, make in _REPORTS.items():
        source = folder / f"{name}.html"
        source.write_text("".join(page(make())), encoding="utf-8")
        for size, pixels in _SIZES.items():
            for dark in (False, True):
                picture = folder / f"{name}-{size}-{'dark' if dark else 'light'}.png"
                _run(f"--screenshot={picture}", f"--window-size={pixels}", *(["--blink-settings=preferredColorScheme=0"] if dark else []), source.as_uri())
                yield picture
        _run(f"--print-to-pdf={folder / name}.pdf", "--no-pdf-header-footer", source.as_uri())
        yield folder / f"{name}.pdf"


def _run(*words: str) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("There is no chromium on PATH.")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([browser, *_QUIET, f"--user-data-dir={profile}", *words], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.stdout.writelines(f"{made_path}\n" for made_path in look(target))
