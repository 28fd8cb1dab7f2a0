import Concurrency
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is sent. It is opened anew each time, and must keep its length until it was.
public struct HTTPFile: Sendable, Hashable {
    public let path: String
    /// Bytes, when the value was made.
    public let length: Int

    /// Bytes of a piece.
    static let pieceBytes = 128 << 10
    /// Reads wait for the disk on threads of their own.
    private static let executor = BlockingExecutor(label: "millrace.upload", width: 2)

    /// - Throws: ``TransportError/unreadableBody(reason:)`` when there is none, or no plain file.
    public init(_ path: String) throws(TransportError) {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableBody(reason: "\(path) is absent or no plain file")
        }
        self.path = path
        length = Int(facts.st_size)
    }

    /// The file from its beginning; throws ``TransportError/unreadableBody(reason:)``.
    package var pieces: PulledSequence<Data> { pieces(ofBytes: Self.pieceBytes) }

    /// The same in pieces of another size; only the last is smaller.
    package func pieces(ofBytes pieceBytes: Int) -> PulledSequence<Data> {
        PulledSequence {
            var file: OpenFile?
            var offset = 0
            return {
                guard offset < length else { return nil }
                let position = offset
                let known = file
                let (opened, piece) = try await Self.executor.run {
                    let opened = try known ?? OpenFile(path)
                    return (
                        opened, try opened.read(at: position, count: min(pieceBytes, length - position))
                    )
                }
                guard !piece.isEmpty else {
                    throw TransportError.unreadableBody(
                        reason: "\(path) ended after \(position) of its \(length) bytes")
                }
                file = opened
                offset += piece.count
                return piece
            }
        }
    }
}

/// A descriptor, closed with its last reference.
private final class OpenFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(TransportError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Returns: fewer bytes at the end of the file, none after it.
    func read(at offset: Int, count: Int) throws(TransportError) -> Data {
        var piece = Data(count: count)
        let taken = piece.withUnsafeMutableBytes { bytes -> Int? in
            var taken = 0
            // Bounds: `taken` is less than `count`, which `bytes` has, and so many bytes are left from there.
            while taken < count {
                let more = pread(
                    descriptor, bytes.baseAddress?.advanced(by: taken), count - taken, off_t(offset + taken))
                if more < 0, errno == EINTR { continue }
                if more < 0 { return nil }
                if more == 0 { break }
                taken += more
            }
            return taken
        }
        guard let taken else { throw Self.failure(path) }
        piece.removeLast(count - taken)
        return piece
    }

    private static func failure(_ path: String) -> TransportError {
        .unreadableBody(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
