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

    /// Of what an upload in parts has the sum: CRC-32 of the whole, which a reader can compare; SHA-256 of the
    /// parts' sums, which is all that S3 offers.
    var uploadType: String { self == .crc32 ? "FULL_OBJECT" : "COMPOSITE" }

    /// The name of the sum in a part's element.
    var element: String { "Checksum\(rawValue)" }

    func of(_ data: Data) -> String {
        var sum = S3RunningChecksum(self)
        sum.update(data)
        return sum.base64
    }

    func of(_ body: HTTPBody) async throws -> String? {
        if let data = body.data { return of(data) }
        guard case .file(let file) = body else { return nil }
        var sum = S3RunningChecksum(self)
        for try await piece in file.pieces { sum.update(piece) }
        return sum.base64
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

    var base64: String {
        switch state {
        case .crc32(let sum):
            withUnsafeBytes(of: sum.value.bigEndian) { Data($0) }.base64EncodedString()
        case .sha256(let sum): Data(sum.finalize()).base64EncodedString()
        }
    }
}
