"""Writes down all that a corpus holds, in an order of its own, without ids that depend on the order of writing.

    corpus_digest.py FOLDER
"""
import hashlib
import json
import sqlite3
import sys


def rows(database, query):
    return sorted(json.dumps([value.hex() if isinstance(value, bytes) else value for value in row])
                  for row in database.execute(query))


def main():
    database = sqlite3.connect(f"file:{sys.argv[1]}/corpus.sqlite?mode=ro", uri=True)
    parts = {
        "documents": """
            SELECT d.id, d.kind, d.space_key, d.title, d.version, d.ancestors, d.author, d.updated_at, d.url, d.text,
                a.rule, d.content_hash, d.chunk_signature
            FROM document d JOIN access_class a ON a.id = d.access_class_id""",
        "labels": "SELECT document_id, name FROM label",
        "chunks": """
            SELECT c.document_id, c.ordinal, c.kind, c.title, c.headings, c.heading_path, c.text, c.token_count,
                c.range_start, c.range_end, c.anchor, c.model, c.content_hash, a.rule
            FROM chunk c JOIN access_class a ON a.id = c.access_class_id""",
        "embeddings": "SELECT model, content_hash, vector FROM embedding",
        "words": "SELECT COUNT(*) FROM chunk_text WHERE chunk_text MATCH 'pallet OR ledger'",
        "members": "SELECT member, group_name FROM group_member",
        "entries": "SELECT id, space_key, owner, parent, title, version, restriction IS NULL FROM sync_entry",
        "spaces": "SELECT space_key, phase, high_water IS NULL FROM sync_space",
        "integrity": "PRAGMA integrity_check",
    }
    for name, query in parts.items():
        found = rows(database, query)
        digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
        print(f"{name} {len(found)} {digest}")


if __name__ == "__main__":
    main()
