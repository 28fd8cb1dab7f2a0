"""The virtual environment the index benchmark runs in. Standard library only: it runs before there is one.

python3 Benchmarks/index_tools/environment.py     makes it if it is missing; prints its python
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"
NEEDED = ("numpy", "matplotlib")  # the others are peers, and a benchmark can do without some


def cache() -> Path:
    """Where Millrace keeps what can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace"


def requirements() -> list[str]:
    """The pinned packages, one `name==version` each."""
    lines = (line.split("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
    return [line for line in lines if line]


def install(pip: Path, package: str) -> bool:
    """Installs one package, compiling it if PyPI has no wheel for this machine; says so if that fails."""
    command = [str(pip), "install", "--quiet", "--disable-pip-version-check", "--prefer-binary", package]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"bench: {package} cannot be installed: {last}", file=sys.stderr)
    return done.returncode == 0


def python() -> Path:
    """The environment's python; makes the environment first if it is missing or its packages changed."""
    folder = cache() / "index-bench"
    stamp = folder / hashlib.sha256("\n".join(requirements()).encode()).hexdigest()[:16]
    if not stamp.exists():
        print(f"bench: installing the peers into {folder} (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        for package in requirements():
            if not install(folder / "bin" / "pip", package) and package.split("==")[0] in NEEDED:
                sys.exit(f"bench: {package} is needed; is PyPI within reach?")
        stamp.touch()
    return folder / "bin" / "python"


if __name__ == "__main__":
    print(python())
