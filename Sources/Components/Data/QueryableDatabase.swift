import Concurrency
import Flow

/// A database that flows may ask with SQL, and cannot change with it.
public protocol QueryableDatabase: Sendable {
    /// The rows of one statement, whose values are the columns' names with what they hold.
    ///
    /// - Parameter limit: rows; a statement that gives more is refused, so that nobody takes a part for the whole.
    /// - Throws: ``DatabaseQueryError``, or `CancellationError`.
    func query(_ sql: String, limit: Int) async throws -> Table
}

/// Why a query has no result. What it says may be told to the model that wrote the query.
public enum DatabaseQueryError: Error, Sendable, Hashable {
    case unknownDatabase(name: String, known: [String])
    case empty
    /// The statement does something that is not permitted.
    case refused(reason: String)
    /// The database does not understand or cannot do the statement.
    case failed(reason: String)
    case tooManyRows(limit: Int)
    case tooLarge(limitBytes: Int)
    case tooSlow(limit: Duration)
    /// Somebody writes to the database and holds it.
    case busy(name: String)
    case unreadable(name: String, reason: String)
}

extension DatabaseQueryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownDatabase(let name, let known) where known.isEmpty:
            """
            There is no database “\(name.prefix(100))”, nor any other. Name one in the settings, with its file.
            """
        case .unknownDatabase("", let known):
            "There are several databases; choose one of \(known.joined(separator: ", "))."
        case .unknownDatabase(let name, let known):
            "There is no database “\(name.prefix(100))”. There are \(known.joined(separator: ", "))."
        case .empty: "The query is empty; give one SELECT statement."
        case .refused(let reason):
            "The query is not permitted: \(reason). Give one statement that only reads."
        case .failed(let reason): "The database cannot answer the query: \(reason)"
        case .tooManyRows(let limit):
            "The query gives more than \(limit) rows. Add conditions, an aggregate or a LIMIT, or raise the limit."
        case .tooLarge(let limit):
            "The query's result has more than \(limit) bytes. Ask for fewer rows or columns."
        case .tooSlow(let limit):
            """
            The query was stopped after \(limit / .seconds(1)) s. Add conditions, or ask for less.
            """
        case .busy(let name): "The database “\(name)” is being written to; try again."
        case .unreadable(let name, let reason): "The database “\(name)” cannot be read: \(reason)"
        }
    }
}

extension DatabaseQueryError: RetryableError {
    public var isRetryable: Bool {
        if case .busy = self { true } else { false }
    }
}
