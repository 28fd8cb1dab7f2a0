"""The virtual environments that benchmarks run in. Standard library only: it runs before there is one.

python3 Benchmarks/index_tools/environment.py [index|text]     makes it if it is missing; prints its python
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
FILES = {"index": "requirements.txt", "text": "requirements-text.txt", "words": "requirements-words.txt"}
# Of the index's peers a benchmark can do without some.
NEEDED = {
    "index": ("numpy", "matplotlib"),
    "text": ("beautifulsoup4", "lxml", "langchain-text-splitters", "tokenizers"),
}


def cache() -> Path:
    """Where Millrace keeps what can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace"


def requirements(name: str = "index") -> list[str]:
    """The pinned packages, one `name==version` each."""
    lines = (line.split("#")[0].strip() for line in (BENCHMARKS / FILES[name]).read_text().splitlines())
    return [line for line in lines if line]


def install(pip: Path, package: str) -> bool:
    """Installs one package, compiling it if PyPI has no wheel for this machine; says so if that fails."""
    command = [str(pip), "install", "--quiet", "--disable-pip-version-check", "--prefer-binary", package]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"bench: {package} cannot be installed: {last}", file=sys.stderr)
    return done.returncode == 0


def python(name: str = "index") -> Path:
    """The environment's python; makes the environment first if it is missing or its packages changed."""
    folder = cache() / f"{name}-bench"
    stamp = folder / hashlib.sha256("\n".join(requirements(name)).encode()).hexdigest()[:16]
    if not stamp.exists():
        print(f"bench: installing the peers into {folder} (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        for package in requirements(name):
            if not install(folder / "bin" / "pip", package) and package.split("==")[0] in NEEDED[name]:
                sys.exit(f"bench: {package} is needed; is PyPI within reach?")
        stamp.touch()
    return folder / "bin" / "python"


if __name__ == "__main__":
    print(python(*sys.argv[1:2]))
