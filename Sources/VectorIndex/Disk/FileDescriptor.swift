import Foundation

/// An open file, closed when the last reference goes. Turns `errno` into errors.
///
/// What changes a file goes through ``Disk``, where a test can make it fail.
package final class FileDescriptor: Sendable {
    package let path: String
    /// The number the system knows the file by: for `mmap` and `flock`, and only while this object lives.
    package let number: Int32

    package init(_ path: String, flags: Int32, operation: String) throws(VectorIndexError) {
        self.path = path
        number = open(path, flags | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw Self.failure(operation, path) }
    }

    deinit {
        close(number)
    }

    /// Opens a file of `directory` that may not be there.
    ///
    /// - Returns: `nil` if it is not.
    package static func existing(
        _ name: String, in directory: URL, flags: Int32
    ) throws(VectorIndexError) -> FileDescriptor? {
        do throws(VectorIndexError) {
            return try FileDescriptor(
                directory.appendingPathComponent(name).path, flags: flags, operation: "open")
        } catch {
            if case .systemFailure(_, _, ENOENT, _) = error { return nil }
            throw error
        }
    }

    /// Bytes in the file.
    package func byteCount() throws(VectorIndexError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Self.failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(file: path, reason: "it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// Fills `buffer` from the current position, or from `offset`.
    ///
    /// - Returns: the bytes read; fewer than asked for only at the end of the file.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil
    ) throws(VectorIndexError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count =
                if let offset {
                    pread(number, piece.baseAddress, piece.count, off_t(offset + filled))
                } else {
                    Glibc.read(number, piece.baseAddress, piece.count)
                }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure("read", path) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Writes all of `bytes` at the current position, or at `offset`. After an error a part may be written.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int? = nil) throws(VectorIndexError) {
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
    package func synchronize() throws(VectorIndexError) {
        guard fsync(number) == 0 else { throw Self.failure("flush", path) }
    }

    /// Waits until the device has the contents and the length; times and the like may follow later.
    package func synchronizeContents() throws(VectorIndexError) {
        guard fdatasync(number) == 0 else { throw Self.failure("flush", path) }
    }

    /// Cuts the file to its first `byteCount` bytes.
    package func truncate(to byteCount: Int) throws(VectorIndexError) {
        guard ftruncate(number, off_t(byteCount)) == 0 else { throw Self.failure("shorten", path) }
    }

    /// The error that `errno`, or another code of its kind, stands for.
    package static func failure(_ operation: String, _ path: String, code: Int32 = errno) -> VectorIndexError
    {
        .systemFailure(
            operation: operation, file: path, code: code, reason: String(cString: strerror(code)))
    }
}
