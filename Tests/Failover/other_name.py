"""A server that proves itself, in TLS as PostgreSQL begins it, to be another one than was asked for.

A client that looks at names goes no further than the handshake, so there is no database behind it.
"""
import pathlib
import socket
import ssl
import subprocess
import threading


class OtherName:
    def __init__(self, folder, name):
        key, self.certificate = pathlib.Path(folder) / "other.key", pathlib.Path(folder) / "other.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}",
             "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(self.certificate)], check=True,
            capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                try:
                    # SSLRequest has eight bytes; `S` is the answer of a server that has TLS.
                    connection.recv(8)
                    connection.sendall(b"S")
                    with self.context.wrap_socket(connection, server_side=True) as secured:
                        secured.recv(1)
                except OSError:
                    pass

    def close(self):
        self.listener.close()
