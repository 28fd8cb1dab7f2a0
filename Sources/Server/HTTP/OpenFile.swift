import Foundation

/// A regular file, open for reading until the last reference is gone.
///
/// What it says of itself is from when it was opened. A file that is replaced meanwhile stays readable as it
/// was; one that is written over is not kept from it.
final class OpenFile: Sendable {
    /// The file has fewer bytes than it had when it was opened.
    struct CutShort: Error, CustomStringConvertible {
        var offset: Int
        var length: Int

        var description: String {
            "A file of \(length) bytes ended at byte \(offset) while it was sent; it was written over meanwhile."
        }
    }

    private let descriptor: Int32
    let length: Int
    let changed: Date
    /// Changes when the file is replaced or written to: of inode, length and time to the nanosecond.
    let tag: String

    /// Opens the file; blocks.
    ///
    /// - Throws: ``RequestFault/noSuchFile``, or `POSIXError`.
    init(_ path: String) throws {
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw RequestFault.noSuchFile }
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw RequestFault.noSuchFile
        }
        self.descriptor = descriptor
        length = Int(status.st_size)
        // A tag only has to differ: a time past 2262 may wrap around.
        let nanoseconds = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
        changed = Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
        tag =
            "\""
            + [Int(status.st_ino), length, nanoseconds].map { String($0, radix: 16) }.joined(separator: "-")
            + "\""
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from `offset`, at least one; blocks.
    ///
    /// - Throws: ``CutShort``, or `POSIXError`.
    func read(at offset: Int, count: Int) throws -> Data {
        var piece = Data(count: count)
        var read: Int
        repeat {
            read = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        } while read < 0 && errno == EINTR
        guard read >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard read > 0 else { throw CutShort(offset: offset, length: length) }
        return piece.prefix(read)
    }
}
