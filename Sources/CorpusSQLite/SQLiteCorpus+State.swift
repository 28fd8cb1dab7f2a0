import Corpus
import GRDB

extension SQLiteCorpus: StateStore {
    public func state(_ key: String) async throws(CorpusError) -> String? {
        try await read {
            try String.fetchOne($0, sql: "SELECT value FROM state WHERE key = ?", arguments: [key])
        }
    }

    public func setState(_ key: String, _ value: String?) async throws(CorpusError) {
        try await write { db in
            if let value {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", arguments: [key, value])
            } else {
                try db.execute(sql: "DELETE FROM state WHERE key = ?", arguments: [key])
            }
        }
    }

    public var generation: Int64 {
        get async throws(CorpusError) {
            try await read { try Self.generation($0) }
        }
    }
}
