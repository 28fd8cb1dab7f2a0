import GRDB
import Workspace

extension WorkspaceError {
    /// What a failure of SQLite means to a caller.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as WorkspaceError:
            self = error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self = .diskFull(path: path)
            case .SQLITE_BUSY: self = .busy(path: path, seconds: SQLiteWorkspace.busySeconds)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                self = .damaged(path: path, reason: error.message ?? "SQLite cannot read it")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                self = .unwritable(path: path, reason: error.message ?? "SQLite cannot open it")
            default:
                self = .database(
                    path: path,
                    message: "\(error.message ?? "no message") (code \(error.extendedResultCode.rawValue))")
            }
        default:
            self = .database(path: path, message: String(describing: error))
        }
    }
}
