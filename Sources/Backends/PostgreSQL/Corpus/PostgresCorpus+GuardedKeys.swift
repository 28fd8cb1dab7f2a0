import Corpus
import Workspace

/// The keys of a seal lie with the facts of the database, encrypted: every process that shares it finds them there.
extension PostgresCorpus: GuardedKeyStore {
    private static let guardedKeysFact = "seal_keys"

    public var guardedKeysPlace: String { "the database at \(server)" }

    public func guardedKeys() async throws -> String? {
        try await read { db in
            try db.text("SELECT value FROM state WHERE key = $1", [.text(Self.guardedKeysFact)])
        }
    }

    public func keepGuardedKeys(_ new: String, insteadOf old: String?) async throws -> Bool {
        try await write { db in
            guard let old else {
                return try db.query(
                    "INSERT INTO state (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                    [.text(Self.guardedKeysFact), .text(new)]
                ).changed > 0
            }
            return try db.query(
                "UPDATE state SET value = $2 WHERE key = $1 AND value = $3",
                [.text(Self.guardedKeysFact), .text(new), .text(old)]
            ).changed > 0
        }
    }
}
