#!/usr/bin/env python3
"""A PostgreSQL server with TLS, of its own for a test process.

    postgres_tls_server.py

Prints `listening on PORT` once it accepts connections on 127.0.0.1, and goes with its data when standard input closes.
Its certificate is for `localhost` alone, signed by an authority of its own. Both users have the password `secret`: `app`
is let in over TLS only, `plain` without it only. Lines on standard input: `authority` is answered by the path of the
authority's certificate, `stranger` by that of one that signed nothing here.

The servers that scripts/install-postgres brings from PyPI are built without TLS; this is the distribution's, which it
installs as well.
"""
import os
import pathlib
import pwd
import subprocess
import sys

from postgres_server import Server, of_distribution, serve

RULES = """\
local all all trust
hostssl all app all scram-sha-256
hostnossl all plain all scram-sha-256
"""


class TLSServer(Server):
    @staticmethod
    def programs(version):
        return of_distribution()

    def options(self):
        return {**super().options(), "ssl": "on", "ssl_cert_file": self.home / "server.pem",
                "ssl_key_file": self.home / "server.key"}

    def prepare(self):
        for name in ("authority", "stranger"):
            self.openssl("req", "-x509", "-days", "2", "-subj", f"/CN={name} of a test", "-keyout", f"{name}.key", "-out",
                         f"{name}.pem", key=True)
        self.openssl("req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr", key=True)
        (self.home / "names").write_text("subjectAltName=DNS:localhost\n")
        self.openssl("x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                     "-CAcreateserial", "-extfile", "names", "-out", "server.pem")
        # A server takes no key that others may read.
        (self.home / "server.key").chmod(0o600)
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.home / "server.key", user.pw_uid, user.pw_gid)
            self.home.chmod(0o755)
        (self.home / "data" / "pg_hba.conf").write_text(RULES)

    def openssl(self, *arguments, key=False):
        made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] if key else []
        done = subprocess.run(["openssl", *arguments, *made], cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"openssl {arguments[0]} failed: {done.stdout.decode(errors='replace')}")


def main():
    server = TLSServer("")
    server.run("psql", "-X", "-q", "-h", server.home, "-p", str(server.port), "-U", "app", "-d", "postgres", "-c",
               "CREATE ROLE plain LOGIN PASSWORD 'secret'")
    serve(server, {name: lambda name=name: server.home / f"{name}.pem" for name in ("authority", "stranger")})


if __name__ == "__main__":
    main()
