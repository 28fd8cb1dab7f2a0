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
        if count >= Self.mappedBytes, let piece = try readMapped(at: offset, count: count) { return piece }
        var piece = Data(count: count)
        let taken = piece.withUnsafeMutableBytes { fill($0, from: offset) }
        guard let taken else { throw Self.failure(path) }
        piece.removeLast(count - taken)
        return piece
    }

    /// Pieces from this size on have pages of their own, which go back to the system with them: of what a few threads
    /// ask and others free by the megabyte, the allocator keeps many times what is in use.
    private static let mappedBytes = 1 << 20

    /// - Returns: `nil` where there are no pages.
    private func readMapped(at offset: Int, count: Int) throws(TransportError) -> Data? {
        let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED else { return nil }
        // From here on the data has the pages, and gives them back.
        let piece = Data(bytesNoCopy: pages, count: count, deallocator: .unmap)
        guard let taken = fill(UnsafeMutableRawBufferPointer(start: pages, count: count), from: offset) else {
            throw Self.failure(path)
        }
        return piece.prefix(taken)
    }

    /// - Returns: how many bytes there were, fewer than asked for at the end; `nil` where they cannot be read.
    private func fill(_ bytes: UnsafeMutableRawBufferPointer, from offset: Int) -> Int? {
        var taken = 0
        // Bounds: `taken` is less than `bytes.count`, and so many bytes are left from there.
        while taken < bytes.count {
            let more = pread(
                descriptor, bytes.baseAddress?.advanced(by: taken), bytes.count - taken, off_t(offset + taken)
            )
            if more < 0, errno == EINTR { continue }
            if more < 0 { return nil }
            if more == 0 { break }
            taken += more
        }
        return taken
    }

    private static func failure(_ path: String) -> TransportError {
        .unreadableBody(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
