import Crypto
import Foundation
import Synchronization

/// Vectors of texts that several processes share.
///
/// The key is a hash of the model's name and the text, so that neither is in Redis; the value is:
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | 1, the version of this form |
/// | 1 | 4 | floats, little-endian |
/// | 5 | 8 | the first bytes of the SHA-256 of key and floats |
/// | 13 | 4 each | floats (IEEE 754), little-endian |
///
/// A value that is anything else is taken for none, counted, and written anew.
public final class RedisVectors: Sendable {
    /// Texts of one call; what is beyond is computed.
    public static let textLimit = 256
    static let version: UInt8 = 1
    private static let headerLength = 13

    private let pool: RedisPool
    private let prefix: String
    private let lifetime: Duration
    private let patience: Duration
    private let tally = Mutex(Counts())

    public struct Counts: Sendable, Hashable {
        public var found = 0
        public var missing = 0
        public var damaged = 0
    }

    /// - Parameters:
    ///   - prefix: what every key begins with.
    ///   - lifetime: how long a vector is kept after it was written; a second or more.
    ///   - patience: how long a question waits.
    public init(
        _ pool: RedisPool, prefix: String, lifetime: Duration, patience: Duration = .milliseconds(50)
    ) {
        self.pool = pool
        self.prefix = prefix
        self.lifetime = lifetime
        self.patience = patience
    }

    public var counts: Counts { tally.withLock { $0 } }

    /// What is known of `texts`.
    ///
    /// - Parameters:
    ///   - model: the name of the model, which no two share whose vectors differ.
    ///   - dimension: floats of each vector; a value of any other length counts as damaged.
    /// - Throws: ``RedisError``, `CancellationError`.
    public func vectors(
        of texts: [String], model: String, dimension: Int
    ) async throws -> [String: [Float]] {
        let asked = Array(texts.prefix(Self.textLimit))
        guard !asked.isEmpty else { return [:] }
        let keys = asked.map { key(of: $0, model) }
        let replies = try await pool.send(
            keys.map { RedisCommand(["GET", .text($0)], key: $0) }, within: patience)
        var known: [String: [Float]] = [:]
        var counts = Counts()
        for (place, reply) in replies.enumerated() {
            guard case .success(let value) = reply, let data = value.data else {
                counts.missing += 1
                continue
            }
            if let vector = Self.vector(data, key: keys[place], dimension: dimension) {
                known[asked[place]] = vector
                counts.found += 1
            } else {
                counts.damaged += 1
            }
        }
        tally.withLock { tally in
            tally.found += counts.found
            tally.missing += counts.missing
            tally.damaged += counts.damaged
        }
        return known
    }

    /// Keeps vectors for ``lifetime``; one that the server refuses is left out.
    ///
    /// - Throws: ``RedisError``, `CancellationError`.
    public func keep(_ vectors: [(text: String, vector: [Float])], model: String) async throws {
        let seconds = max(1, lifetime.wholeMilliseconds / 1_000)
        let commands = vectors.prefix(Self.textLimit).map { text, vector in
            let key = key(of: text, model)
            let value = Self.value(vector, key: key)
            return RedisCommand(["SET", .text(key), .bytes(value), "EX", .int(seconds)], key: key)
        }
        guard !commands.isEmpty else { return }
        _ = try await pool.send(Array(commands))
    }

    /// The lengths keep a model and a text apart from any other two that follow one another alike.
    func key(of text: String, _ model: String) -> String {
        let hash = SHA256.hash(data: Data("\(model.utf8.count) \(model)\(text)".utf8))
        return "\(prefix):vector:\(hash.map { String(format: "%02x", $0) }.joined())"
    }

    static func value(_ vector: [Float], key: String) -> Data {
        var floats = Data(capacity: 4 * vector.count)
        for number in vector { floats.append(littleEndian: number.bitPattern) }
        var value = Data(capacity: headerLength + floats.count)
        value.append(version)
        value.append(littleEndian: UInt32(clamping: vector.count))
        value.append(contentsOf: checksum(floats, key))
        value.append(floats)
        return value
    }

    static func vector(_ value: Data, key: String, dimension: Int) -> [Float]? {
        guard value.count >= headerLength, value.first == version else { return nil }
        let bytes = [UInt8](value)
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
        }
        let count = Int(word(1))
        guard count == dimension, bytes.count - headerLength == 4 * count else { return nil }
        let floats = Data(bytes[headerLength...])
        guard bytes[5..<headerLength].elementsEqual(checksum(floats, key)) else { return nil }
        let vector = (0..<count).map { Float(bitPattern: word(headerLength + 4 * $0)) }
        return vector.allSatisfy(\.isFinite) ? vector : nil
    }

    private static func checksum(_ floats: Data, _ key: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Data(key.utf8))
        hash.update(data: floats)
        return Array(hash.finalize().prefix(8))
    }
}

extension Data {
    fileprivate mutating func append(littleEndian word: UInt32) {
        for shift in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
    }
}
