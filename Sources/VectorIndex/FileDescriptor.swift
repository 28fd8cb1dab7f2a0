import Glibc

/// An open file, closed when the last reference goes. Turns `errno` into errors.
final class FileDescriptor {
    let path: String
    private let number: Int32

    init(_ path: String, flags: Int32, operation: String) throws(VectorIndexError) {
        self.path = path
        number = open(path, flags | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw Self.failure(operation, path) }
    }

    deinit {
        close(number)
    }

    /// Bytes in the file.
    func byteCount() throws(VectorIndexError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Self.failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(file: path, reason: "it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// Fills `buffer` from the current position; fewer bytes only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(VectorIndexError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = Glibc.read(number, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure("read", path) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Writes all of `bytes` at the current position, or at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int? = nil) throws(VectorIndexError) {
        var written = 0
        while written < bytes.count {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count =
                if let offset {
                    pwrite(number, piece.baseAddress, piece.count, off_t(offset + written))
                } else {
                    Glibc.write(number, piece.baseAddress, piece.count)
                }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            written += count
        }
    }

    /// Waits until the device has everything.
    func synchronize() throws(VectorIndexError) {
        guard fsync(number) == 0 else { throw Self.failure("flush", path) }
    }

    /// The error that `errno` stands for.
    static func failure(_ operation: String, _ path: String) -> VectorIndexError {
        let code = errno
        return .systemFailure(
            operation: operation, file: path, code: code, reason: String(cString: strerror(code)))
    }
}
