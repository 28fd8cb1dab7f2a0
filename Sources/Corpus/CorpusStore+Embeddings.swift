import Crypto
import Foundation
import GRDB

/// Vectors as SQLite keeps them: little-endian IEEE 754 binary32, one after another.
enum VectorBlob {
    static func encode(_ vector: [Float]) -> Data {
        var data = Data(capacity: vector.count * 4)
        for value in vector {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// `nil` when the length is no multiple of four bytes.
    static func decode(_ data: Data) -> [Float]? {
        guard data.count.isMultiple(of: 4) else { return nil }
        return data.withUnsafeBytes { bytes in
            (0..<data.count / 4).map { index in
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            }
        }
    }
}

extension CorpusStore {
    /// SHA-256 in hexadecimal: under it the embedding of a text is kept.
    public static func contentHash(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(64)
        for byte in SHA256.hash(data: Data(text.utf8)) {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The embeddings that are already known of these texts' hashes.
    public func embeddings(
        model: String, contentHashes: [String]
    ) throws(CorpusError) -> [String: [Float]] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT vector FROM embedding WHERE model = ? AND content_hash = ?")
            var known: [String: [Float]] = [:]
            for hash in contentHashes where known[hash] == nil {
                if let data = try Data.fetchOne(statement, arguments: [model, hash]) {
                    known[hash] = VectorBlob.decode(data)
                }
            }
            return known
        }
    }

    /// Ids of all chunks embedded by `model`.
    public func chunkIDs(model: String) throws(CorpusError) -> Set<Int64> {
        try read { db in
            Set(try Int64.fetchAll(db, sql: "SELECT id FROM chunk WHERE model = ?", arguments: [model]))
        }
    }

    /// The vectors of some chunks, in no order; a chunk that is gone is left out.
    public func vectors(ids: [Int64], model: String) throws(CorpusError) -> [(id: Int64, vector: [Float])] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT e.vector FROM chunk c JOIN embedding e
                        ON e.model = c.model AND e.content_hash = c.content_hash
                    WHERE c.id = ? AND c.model = ?
                    """)
            var found: [(id: Int64, vector: [Float])] = []
            found.reserveCapacity(ids.count)
            for id in ids {
                if let data = try Data.fetchOne(statement, arguments: [id, model]),
                    let vector = VectorBlob.decode(data)
                {
                    found.append((id, vector))
                }
            }
            return found
        }
    }

    /// Removes embeddings that no chunk uses any more.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func removeUnusedEmbeddings() throws(CorpusError) -> Int {
        try write { db in
            try db.execute(
                sql: """
                    DELETE FROM embedding WHERE NOT EXISTS (
                        SELECT 1 FROM chunk c
                        WHERE c.model = embedding.model AND c.content_hash = embedding.content_hash)
                    """)
            return db.changesCount
        }
    }
}
