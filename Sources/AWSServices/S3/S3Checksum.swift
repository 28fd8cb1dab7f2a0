import Concurrency
import Crypto
import Foundation
import Transport

/// How S3 and we agree on what an object is: a checksum that S3 keeps with it and compares when it is written.
public enum S3Checksum: String, Sendable, CaseIterable {
    case crc32 = "CRC32"
    case sha256 = "SHA256"

    /// The header with the sum, in Base64.
    var header: String { "x-amz-checksum-\(rawValue.lowercased())" }

    /// What a write of a body with this sum carries.
    func headers(_ sum: String) -> [(name: String, value: String)] {
        [("x-amz-sdk-checksum-algorithm", rawValue), (header, sum)]
    }

    /// The name of the sum in a part's element.
    var element: String { "Checksum\(rawValue)" }

    func of(_ data: Data) -> String {
        var sum = S3RunningChecksum(self)
        sum.update(data)
        return sum.base64
    }

    /// The sum of a body, and the SHA-256 that its signature needs, in hexadecimal: a file is read once for both.
    ///
    /// - Returns: `nil` for a stream. The hash is `nil` for what is in memory, which is hashed when it is signed.
    func sums(of body: HTTPBody) async throws -> (sum: String, payloadHash: String?)? {
        if let data = body.data { return (of(data), nil) }
        guard case .file(let file) = body else { return nil }
        var sum = S3RunningChecksum(self)
        var hash = SHA256()
        for try await piece in file.pieces {
            sum.update(piece)
            hash.update(data: piece)
        }
        return (sum.base64, hash.finalize().hexadecimal)
    }
}

/// A checksum of what comes piece by piece.
struct S3RunningChecksum: Sendable {
    private enum State: Sendable {
        case crc32(CRC32)
        case sha256(SHA256)
    }

    private var state: State

    init(_ kind: S3Checksum) {
        state = kind == .crc32 ? .crc32(CRC32()) : .sha256(SHA256())
    }

    mutating func update(_ data: Data) {
        switch state {
        case .crc32(var sum):
            sum.update(data)
            state = .crc32(sum)
        case .sha256(var sum):
            sum.update(data: data)
            state = .sha256(sum)
        }
    }

    /// Makes it the sum of its bytes followed by those of `next`; `false` for a kind that cannot be joined.
    mutating func append(_ next: S3RunningChecksum) -> Bool {
        guard case .crc32(var sum) = state, case .crc32(let more) = next.state else { return false }
        sum.append(more)
        state = .crc32(sum)
        return true
    }

    var bytes: Data {
        switch state {
        case .crc32(let sum): withUnsafeBytes(of: sum.value.bigEndian) { Data($0) }
        case .sha256(let sum): Data(sum.finalize())
        }
    }

    var base64: String { bytes.base64EncodedString() }
}
