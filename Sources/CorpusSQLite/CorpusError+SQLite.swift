import Corpus
import GRDB

extension CorpusError {
    /// What a failure of SQLite means to a caller.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as CorpusError:
            self = error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self = .diskFull(path: path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                self = .damaged(path: path, reason: error.message ?? "SQLite cannot read it")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                self = .folderUnwritable(path: path, reason: error.message ?? "SQLite cannot open it")
            default:
                self = .database(
                    path: path, code: error.extendedResultCode.rawValue,
                    message: error.message ?? "no message")
            }
        default:
            self = .database(path: path, code: -1, message: String(describing: error))
        }
    }
}
