import Concurrency
import Files
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
            var file: PagedFile?
            var offset = 0
            return {
                guard offset < length else { return nil }
                let position = offset
                let known = file
                let (opened, piece) = try await Self.executor.run {
                    do throws(PagedFile.Errno) {
                        let opened = if let known { known } else { try PagedFile(path) }
                        let count = min(pieceBytes, length - position)
                        return (opened, try opened.read(at: position, count: count))
                    } catch {
                        throw TransportError.unreadableBody(reason: "\(path): \(error)")
                    }
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
