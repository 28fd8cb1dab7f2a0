import Foundation

/// A file that is put together of blocks in any order. Everything waits for the disk.
final class StagedFile: Sendable {
    private let descriptor: Int32
    let path: String
    let byteCount: Int

    /// Opens what is there of it, and gives it its length.
    init(_ path: String, byteCount: Int) throws(IndexSnapshotError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.refusal(path) }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            let refusal = Self.refusal(path)
            close(descriptor)
            throw refusal
        }
        self.descriptor = descriptor
        self.path = path
        self.byteCount = byteCount
    }

    deinit { close(descriptor) }

    /// Fewer than `count` bytes where the file ends.
    func read(at offset: Int, count: Int) throws(IndexSnapshotError) -> Data {
        var bytes = Data(count: max(0, min(count, byteCount - offset)))
        var done = 0
        while done < bytes.count {
            let rest = bytes.count - done
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, rest, off_t(offset + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.refusal(path) }
            if got == 0 { return bytes.prefix(done) }
            done += got
        }
        return bytes
    }

    func write(_ data: Data, at offset: Int) throws(IndexSnapshotError) {
        var done = 0
        while done < data.count {
            let count = data.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done,
                    off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.refusal(path) }
            done += count
        }
    }

    /// Waits until the device has all of it, and gives it its name.
    func finish(as target: String) throws(IndexSnapshotError) {
        guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw Self.refusal(target) }
    }

    static func refusal(_ path: String) -> IndexSnapshotError {
        .disk(path: path, reason: String(cString: strerror(errno)))
    }
}
