import Foundation
import Synchronization

/// Texts put aside on disk while an export is read, so that memory does not grow with its size.
///
/// The file has no name from the start: it is gone with its last reference, however the process ends.
package final class SpillFile: Sendable {
    /// Where one text lies.
    package struct Range: Hashable, Sendable {
        package var offset: Int
        package var count: Int32
    }

    private let descriptor: Int32
    private let end = Mutex<Int>(0)

    package init() throws {
        var template = FileManager.default.temporaryDirectory.path + "/millrace-export-XXXXXX"
        let descriptor = template.withUTF8 { bytes -> Int32 in
            var path = bytes.map { CChar(bitPattern: $0) } + [0]
            let opened = mkstemp(&path)
            if opened >= 0 {
                unlink(path)
                _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
            }
            return opened
        }
        guard descriptor >= 0 else { throw Self.failure("create") }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// For a child process that reads or writes the file; it must be done with it before this object goes.
    var fileDescriptor: Int32 { descriptor }

    /// What lies at the file's start, at most `limit` bytes, whoever wrote it.
    func prefix(_ limit: Int) throws -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("read") }
        return try read(Range(offset: 0, count: Int32(clamping: min(limit, Int(status.st_size)))))
    }

    package func append(_ bytes: [UInt8]) throws -> Range {
        try end.withLock { end in
            let start = end
            try bytes.withUnsafeBytes { buffer in
                var done = 0
                while done < buffer.count {
                    let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                    let written = pwrite(descriptor, rest.baseAddress, rest.count, start + done)
                    guard written > 0 else { throw Self.failure("write to") }
                    done += written
                }
            }
            end = start + bytes.count
            return Range(offset: start, count: Int32(bytes.count))
        }
    }

    package func read(_ range: Range) throws -> [UInt8] {
        let count = Int(range.count)
        var done = 0
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let place = buffer.baseAddress.map { $0 + done }
                let got = pread(descriptor, place, count - done, range.offset + done)
                guard got > 0 else { throw Self.failure("read") }
                done += got
            }
            initialized = done
        }
    }

    private static func failure(_ verb: String) -> ArchiveError {
        let folder = FileManager.default.temporaryDirectory.path
        let reason = "could not \(verb) the temporary file: \(String(cString: strerror(errno)))"
        return .unreadable(path: folder, reason: reason)
    }
}
