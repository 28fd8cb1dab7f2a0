#!/usr/bin/env python3
"""Makes the table and the plot of a sitting that `index_peers.py run` measured.

    index_report.py RESULT.json [--plot docs/images/index-NAME] [--docs docs/benchmarks.md]

Writes RESULT.md beside RESULT.json. With --plot, also NAME.svg and NAME.png. With --docs, replaces what
stands in that file between `<!-- index NAME: begin -->` and `<!-- index NAME: end -->`, NAME being the
data's name.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from index_tools.plot import draw
from index_tools.table import markdown


def insert(section: str, name: str, docs: Path) -> None:
    """Puts the section between the two marks of the data's name."""
    begin, end = f"<!-- index {name}: begin -->", f"<!-- index {name}: end -->"
    text = docs.read_text()
    if begin not in text or end not in text:
        sys.exit(f"bench: {docs} has no marks {begin} and {end}; add them where the table belongs")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    docs.write_text(pattern.sub(lambda _: f"{begin}\n{section}{end}", text))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("result", type=Path)
    parser.add_argument("--plot", type=Path, help="where to draw, without a suffix")
    parser.add_argument("--docs", type=Path, help="the Markdown file to bring up to date")
    options = parser.parse_args()
    sitting = json.loads(options.result.read_text())
    section = markdown(sitting)
    options.result.with_suffix(".md").write_text(section)
    if options.plot:
        draw(sitting, options.plot)
    if options.docs:
        insert(section, sitting["data"], options.docs)
    print(section)


if __name__ == "__main__":
    main()
