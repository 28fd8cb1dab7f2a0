import Dispatch
import Foundation

/// A file that is read in pieces, on a thread that may wait for a disk.
struct FilePieces: Sendable {
    let url: URL

    /// Bytes of the file.
    ///
    /// - Throws: ``MillraceError/invalidRequest(reason:)``.
    func byteCount() async throws -> Int {
        try await reading { try Int($0.seekToEnd()) }
    }

    /// The bytes from `offset` on, fewer than `count` at the end alone.
    func piece(at offset: Int, count: Int) async throws -> Data {
        try await reading { file in
            try file.seek(toOffset: UInt64(offset))
            return try file.read(upToCount: count) ?? Data()
        }
    }

    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (FileHandle) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(
                    with: Result {
                        do {
                            let file = try FileHandle(forReadingFrom: url)
                            defer { try? file.close() }
                            return try body(file)
                        } catch {
                            throw MillraceError.invalidRequest(
                                reason:
                                    "\(url.lastPathComponent) cannot be read: \(error.localizedDescription)"
                            )
                        }
                    })
            }
        }
    }
}
