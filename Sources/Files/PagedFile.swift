import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file whose large parts are read into pages of their own, which go back to the system with the part.
///
/// Of what `malloc` gave out by the megabyte and got back, glibc keeps some megabytes for each thread that ever asked:
/// a gigabyte that went through four threads in blocks would leave more behind than is under way.
package final class PagedFile: Sendable {
    private let descriptor: Int32
    /// Its length when it was opened.
    package let byteCount: Int

    /// Opens a regular file.
    ///
    /// - Throws: the system's reason; ``Errno/noSuchFile`` where there is none.
    package init(_ path: String) throws(Errno) {
        // A pipe without a writer must not hold up who opens it; of a regular file the flag means nothing.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Errno() }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            let reason = isKnown ? Errno(code: EISDIR) : Errno()
            close(descriptor)
            throw reason
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Why the system refused.
    package struct Errno: Error, Hashable, CustomStringConvertible {
        package var code: Int32

        init(code: Int32 = errno) { self.code = code }

        package static let noSuchFile = Errno(code: ENOENT)

        package var description: String { String(cString: strerror(code)) }
    }

    /// Parts from this size on have pages of their own.
    private static let pagedBytes = 1 << 20

    /// The bytes from `offset`, fewer than `count` where the file ends. Waits for the disk.
    package func read(at offset: Int, count: Int) throws(Errno) -> Data {
        let count = max(0, min(count, byteCount - offset))
        guard count > 0, offset >= 0 else { return Data() }
        guard count >= Self.pagedBytes,
            let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            pages != MAP_FAILED
        else { return try readSmall(at: offset, count: count) }
        // From here on the data has the pages, and gives them back.
        let part = Data(bytesNoCopy: pages, count: count, deallocator: .unmap)
        guard let taken = fill(UnsafeMutableRawBufferPointer(start: pages, count: count), from: offset) else {
            throw Errno()
        }
        return part.prefix(taken)
    }

    private func readSmall(at offset: Int, count: Int) throws(Errno) -> Data {
        var bytes = [UInt8](repeating: 0, count: count)
        guard let taken = bytes.withUnsafeMutableBytes({ fill($0, from: offset) }) else { throw Errno() }
        return Data(bytes.prefix(taken))
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
}
