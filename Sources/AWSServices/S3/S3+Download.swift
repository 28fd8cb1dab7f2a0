import Concurrency
import Foundation
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension S3 {
    /// An object as it comes, compared with its checksum at the end. Dropping the stream ends the call.
    ///
    /// The stream throws ``AWSError`` or ``TransportError``; one that breaks is not taken up again: see
    /// ``download(_:_:to:parts:)`` for that.
    public func stream(
        _ bucket: String, _ key: String
    ) async throws(AWSError) -> (facts: S3ObjectFacts, body: PulledSequence<Data>) {
        let response = try await streamed(
            try getOperation(bucket, key, range: nil, ifMatch: nil))
        let facts = try facts(response.head, "GetObject")
        guard let comparison = try await comparison(bucket, key, facts) else {
            return (facts, response.body)
        }
        let error = damage(comparison, response.head.requestID)
        let body = PulledSequence<Data> {
            var pieces = response.body.makeAsyncIterator()
            var running = S3Comparison.Running(comparison)
            return {
                guard let piece = try await pieces.next() else {
                    if !running.isEqual, try await isDamage(comparison, bucket, key, facts) { throw error }
                    return nil
                }
                running.update(piece)
                return piece
            }
        }
        return (facts, body)
    }

    /// Reads an object into a file, in parts side by side, each retried by itself; memory is bounded by `parts`.
    ///
    /// The file appears whole under its name, or not at all. All parts are of the version that was there at the
    /// beginning. The whole is compared with the object's checksum, where S3 has one of it.
    public func download(
        _ bucket: String, _ key: String, to path: String, parts: S3Parts = S3Parts()
    ) async throws(AWSError) -> S3ObjectFacts {
        let facts = try await head(bucket, key)
        let ranges = stride(from: 0, to: facts.length, by: parts.partBytes).map {
            $0..<min($0 + parts.partBytes, facts.length)
        }
        let file = try PartFile(path)
        do {
            _ = try await ranges.boundedMap(width: parts.width) { range in
                let part = try await get(bucket, key, range: range, ifMatch: facts.eTag)
                guard part.data.count == range.count else {
                    throw service.unexpected(
                        "GetObject", "it has \(part.data.count) bytes of the \(range.count) asked for",
                        "unknown")
                }
                try await AWSFile.run { try file.write(part.data, at: range.lowerBound) }
            }
            if let comparison = try await comparison(bucket, key, facts) {
                var running = S3Comparison.Running(comparison)
                for try await piece in try HTTPFile(file.temporary).pieces { running.update(piece) }
                if !running.isEqual, try await isDamage(comparison, bucket, key, facts) {
                    throw damage(comparison, "unknown")
                }
            }
            try await AWSFile.run { try file.finish() }
        } catch {
            file.discard()
            throw error as? AWSError ?? .transport(error as? TransportError ?? .cancelled)
        }
        return facts
    }
}

/// A file that is written out of order beside its place and put there at the end.
private final class PartFile: Sendable {
    let temporary: String
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(AWSError) {
        self.path = path
        temporary = "\(path).\(UInt64.random(in: .min ... .max)).partial"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ data: Data, at offset: Int) throws(AWSError) {
        let isWritten = data.withUnsafeBytes { bytes in
            var done = 0
            // Bounds: `done` is less than `bytes.count`, and so many bytes are left from there.
            while done < bytes.count {
                let count = pwrite(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
                    off_t(offset + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
        guard isWritten else { throw Self.failure(path) }
    }

    func finish() throws(AWSError) {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path) }
    }

    func discard() {
        unlink(temporary)
    }

    private static func failure(_ path: String) -> AWSError {
        .invalidSettings(place: path, reason: "it cannot be written: \(String(cString: strerror(errno)))")
    }
}
