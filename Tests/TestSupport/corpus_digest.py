"""Writes down all that a corpus holds, in an order of its own, without ids that depend on the order of writing.

    corpus_digest.py FOLDER
    corpus_digest.py PORT SCHEMA    (of a server that postgres_server.py started)
"""
import hashlib
import json
import os
import sqlite3
import subprocess
import sys

import postgres_server

# What both databases are asked.
PARTS = {
    "documents": """
        SELECT d.id, d.kind, d.space_key, d.title, d.version, d.ancestors, d.author, d.updated_at, d.url, d.text,
            a.rule, d.content_hash, d.chunk_signature
        FROM document d JOIN access_class a ON a.id = d.access_class_id""",
    "labels": "SELECT document_id, name FROM label",
    "embeddings": "SELECT model, content_hash, vector FROM embedding",
    "members": "SELECT member, group_name FROM group_member",
    "entries": "SELECT id, space_key, owner, parent, title, version, restriction IS NULL FROM sync_entry",
    "spaces": "SELECT space_key, phase, high_water IS NULL FROM sync_space",
}
SQLITE = {
    "chunks": """
        SELECT c.document_id, c.ordinal, c.kind, c.title, c.headings, c.heading_path, c.text, c.token_count,
            c.range_start, c.range_end, c.anchor, c.model, c.content_hash, a.rule
        FROM chunk c JOIN access_class a ON a.id = c.access_class_id""",
    "integrity": "PRAGMA integrity_check",
}
POSTGRES = {
    "chunks": """
        SELECT c.document_id, c.ordinal, c.kind, c.headings, c.text, c.token_count, c.range_start, c.range_end,
            c.section_start, c.section_end, c.anchor, c.model, c.content_hash, a.rule
        FROM chunk c JOIN access_class a ON a.id = c.access_class_id""",
}


def of_folder(folder):
    database = sqlite3.connect(f"file:{folder}/corpus.sqlite?mode=ro", uri=True)
    for name, query in (PARTS | SQLITE).items():
        yield name, [json.dumps([value.hex() if isinstance(value, bytes) else value for value in row])
                     for row in database.execute(query)]


def of_schema(port, schema):
    psql = postgres_server.folder_of("18") / "bin" / "psql"
    for name, query in (PARTS | POSTGRES).items():
        found = subprocess.run(
            [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", port, "-U", "app", "postgres",
             "-c", f'SET search_path TO "{schema}"', "-c", f"SELECT to_jsonb(found) FROM ({query}) AS found"],
            env=os.environ | {"PGPASSWORD": "secret"}, cwd="/", check=True, capture_output=True, encoding="utf-8")
        yield name, [line for line in found.stdout.split("\n") if line]


def main():
    place = sys.argv[1:]
    for name, found in of_folder(*place) if len(place) == 1 else of_schema(*place):
        digest = hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
        print(f"{name} {len(found)} {digest}")


if __name__ == "__main__":
    main()
