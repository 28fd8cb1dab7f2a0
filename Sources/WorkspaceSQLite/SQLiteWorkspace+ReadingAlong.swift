import Concurrency
import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace {
    /// How many API keys are good in the workspace of a folder that another process may have open, of another version
    /// maybe: nothing is made or changed, and its schema stays as it is.
    ///
    /// - Returns: 0 where there is no workspace.
    public static func activeKeyCount(
        in folder: URL, at time: Date
    ) async throws(WorkspaceError) -> Int {
        let path = folder.appendingPathComponent(fileName).path
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let executor = BlockingExecutor(label: "millrace.workspace.look", width: 1)
        return try await executor.complete { () throws(WorkspaceError) in
            do {
                var configuration = Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(TimeInterval(busySeconds))
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                return try queue.read { db in
                    try db.tableExists("api_key") ? try activeKeyCount(db, at: time) : 0
                }
            } catch {
                throw WorkspaceError(error, path: path)
            }
        }
    }
}
