"""Asks a running Millrace a question, and shows the answer as it is written, with its sources.

    python3 example.py "In what time must a SEV1 page be acknowledged?" --url http://127.0.0.1:8080

The API key, if one is needed, is taken from MILLRACE_API_KEY.
"""
import argparse
import os
import sys

from millrace import Millrace, MillraceError


def main():
    options = argparse.ArgumentParser(description="Asks Millrace a question.")
    options.add_argument("question")
    options.add_argument("--url", default="http://127.0.0.1:8080")
    given = options.parse_args()
    millrace = Millrace(given.url, api_key=os.environ.get("MILLRACE_API_KEY"))
    try:
        for name, data in millrace.ask_stream(given.question):
            if name == "token":
                print(data["text"], end="", flush=True)
            elif name == "answer":
                # The whole answer replaces what was written before it.
                print(f"\n\n{data['answer']}\n")
                for source in data["citations"]:
                    print(f"[{source['marker']}] {source['title']} {source['url'] or ''}".rstrip())
    except MillraceError as error:
        sys.exit(f"example: {error}")


main()
