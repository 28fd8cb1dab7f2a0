import Crypto
import Foundation

/// SHA-256 of a file, read piece by piece.
enum FileHash {
    static func sha256(_ file: URL) throws -> String {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var hash = SHA256()
        // One piece of memory that stays in the processor's cache, used again and again.
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { buffer in
            while true {
                let count = read(handle.fileDescriptor, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw CocoaError(.fileReadUnknown) }
                if count == 0 { return }
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
