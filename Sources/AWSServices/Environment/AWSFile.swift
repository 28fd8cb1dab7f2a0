import Concurrency
import Foundation

/// Small files of settings and tokens, read on threads of their own.
enum AWSFile {
    struct Fault: Error {
        var reason: String
    }

    /// Largest file that is read: bytes.
    static let limitBytes = 4 << 20
    private static let executor = BlockingExecutor(label: "millrace.aws.files", width: 2)

    /// - Returns: `nil` where there is no such file.
    static func text(at path: String) async throws(Fault) -> String? {
        do {
            return try await executor.run {
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                // By a handle: /dev/null, by which people say that there shall be none, is no regular file.
                guard let file = FileHandle(forReadingAtPath: path),
                    let data = try? file.read(upToCount: limitBytes + 1) ?? Data()
                else { throw Fault(reason: "\(path) cannot be read") }
                guard data.count <= limitBytes else {
                    throw Fault(reason: "\(path) has more than \(limitBytes) bytes")
                }
                guard let text = String(validating: data, as: UTF8.self) else {
                    throw Fault(reason: "\(path) is not in UTF-8")
                }
                return text
            }
        } catch {
            throw error as? Fault ?? Fault(reason: "reading \(path) was cancelled")
        }
    }

    /// Replaces a file that others of this machine's users may not read.
    static func replace(_ path: String, with data: Data) async throws(Fault) {
        do {
            try await executor.run {
                let temporary = "\(path).\(UInt64.random(in: .min ... .max)).partial"
                let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
                guard
                    FileManager.default.createFile(atPath: temporary, contents: data, attributes: attributes),
                    rename(temporary, path) == 0
                else {
                    try? FileManager.default.removeItem(atPath: temporary)
                    throw Fault(reason: "\(path) cannot be written")
                }
            }
        } catch {
            throw error as? Fault ?? Fault(reason: "writing \(path) was cancelled")
        }
    }

    /// Runs what blocks, such as waiting for a process, on those threads.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await executor.run(body)
    }
}
