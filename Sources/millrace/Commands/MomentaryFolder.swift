import Foundation

/// A data folder for commands that need none, or find none: whoever only reads makes no folder, and does not need the one
/// that another process holds.
enum MomentaryFolder {
    /// - Parameter body: is given the folder's path; the folder is gone when it ends.
    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }
}
