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
        let error = damage(comparison, bucket, key, response.head.requestID)
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
        try check(parts)
        let facts = try await head(bucket, key)
        let ranges = Self.ranges(facts.length, parts)
        let file = try PartFile(path)
        do {
            _ = try await ranges.boundedMap(width: parts.width) { range in
                let data = try await part(bucket, key, range, facts)
                try await AWSFile.run { try file.write(data, at: range.lowerBound) }
            }
            if let comparison = try await comparison(bucket, key, facts) {
                var running = S3Comparison.Running(comparison)
                for try await piece in try HTTPFile(file.temporary).pieces { running.update(piece) }
                if !running.isEqual, try await isDamage(comparison, bucket, key, facts) {
                    throw damage(comparison, bucket, key, "unknown")
                }
            }
            try await AWSFile.run { try file.finish() }
        } catch {
            file.discard()
            throw error as? AWSError ?? .transport(error as? TransportError ?? .cancelled)
        }
        return facts
    }

    /// A whole object in memory, however large, read in parts side by side, each retried by itself.
    ///
    /// All parts are of the version that was there at the beginning, and the whole is compared with the object's checksum,
    /// where S3 has one of it.
    public func data(
        _ bucket: String, _ key: String, parts: S3Parts = S3Parts()
    ) async throws(AWSError) -> (facts: S3ObjectFacts, data: Data) {
        try check(parts)
        let facts = try await head(bucket, key)
        var read: [Data]
        do {
            read = try await Self.ranges(facts.length, parts).boundedMap(width: parts.width) { range in
                try await part(bucket, key, range, facts)
            }
        } catch {
            throw error as? AWSError ?? .transport(error as? TransportError ?? .cancelled)
        }
        var whole = Data(capacity: facts.length)
        for index in read.indices {
            whole.append(read[index])
            read[index] = Data()
        }
        if let comparison = try await comparison(bucket, key, facts), !comparison.isEqual(whole),
            try await isDamage(comparison, bucket, key, facts)
        {
            throw damage(comparison, bucket, key, "unknown")
        }
        return (facts, whole)
    }

    private func check(_ parts: S3Parts) throws(AWSError) {
        guard parts.partBytes >= 1, parts.width >= 1 else {
            throw service.invalid(
                "GetObject", "parts of \(parts.partBytes) bytes, \(parts.width) at a time, move nothing")
        }
    }

    private static func ranges(_ length: Int, _ parts: S3Parts) -> [Range<Int>] {
        let size = min(parts.partBytes, max(length, 1))
        return stride(from: 0, to: length, by: size).map { $0..<min($0 + size, length) }
    }

    /// - Throws: also where the object is another by now.
    private func part(
        _ bucket: String, _ key: String, _ range: Range<Int>, _ facts: S3ObjectFacts
    ) async throws(AWSError) -> Data {
        let part = try await get(bucket, key, range: range, ifMatch: facts.eTag)
        guard part.data.count == range.count else {
            throw service.unexpected(
                "GetObject", "it has \(part.data.count) bytes of the \(range.count) asked for", "unknown")
        }
        return part.data
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
