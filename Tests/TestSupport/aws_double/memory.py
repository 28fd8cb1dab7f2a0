"""What the double knows of each key: faults to come, what was asked, documents, a prompt cache and indexes."""
import threading
from collections import defaultdict

from .opensearch import Engine


class Account:
    def __init__(self):
        self.faults, self.requests, self.documents = [], [], []
        self.prefixes, self.engine, self.lock = set(), Engine(), threading.Lock()


class Memory:
    def __init__(self):
        self.lock, self.accounts = threading.RLock(), defaultdict(Account)

    def of(self, key_id):
        with self.lock:
            return self.accounts[key_id]

    def remember(self, key_id, request):
        """Keeps what was asked; the fault that it meets, or None."""
        with self.lock:
            account = self.accounts[key_id]
            account.requests.append(request)
            return account.faults.pop(0) if account.faults else None

    def put(self, what, key_id, value):
        if what not in ("faults", "documents") or not isinstance(value, list):
            return False
        with self.lock:
            setattr(self.accounts[key_id], what, value)
        return True

    def get(self, what, key_id):
        with self.lock:
            return list(getattr(self.accounts[key_id], what)) if what in ("requests", "faults", "documents") else None
