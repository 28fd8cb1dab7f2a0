/// Every refusal of a move.
public enum MovingError: Error, Sendable, Equatable {
    /// Source and target are one.
    case samePlace(String)
    /// The source holds no data of Millrace.
    case nothingThere(place: String)
    /// The target holds rows that no unfinished move has written: `12 in document`.
    case targetNotEmpty(place: String, holdings: [String])
    /// The target holds an unfinished move of something else, or the source has changed since and the target cannot be
    /// brought level.
    case otherMove(place: String)
    /// Something was written to the source while it was read.
    case sourceChanged(place: String)
    /// A table has a column that a move does not know, or lacks one.
    case unknownSchema(place: String, table: String, columns: [String])
    /// What rows of a table are told apart by holds U+0000 or is no UTF-8.
    case unmovableKey(place: String, table: String)
    /// A column holds what its type does not allow.
    case unexpectedValue(place: String, table: String, column: String)
    /// What stands in `moving_progress` is nothing that a move wrote.
    case damagedProgress(place: String, table: String)
    /// Both sides do not hold the same.
    case different([MoveDifference])
    /// SQLite refused an operation.
    case database(place: String, reason: String)
}

extension MovingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .samePlace(let place): "\(place) is both source and target. Name two places."
        case .nothingThere(let place): "There is nothing of Millrace at \(place). Check what --from names."
        case .targetNotEmpty(let place, let holdings):
            """
            \(place) is not empty: \(holdings.joined(separator: ", ")). Name an empty folder, or a schema that is not \
            there yet.
            """
        case .otherMove(let place):
            """
            \(place) holds the unfinished move of another source, or the source has changed since it began. Remove \
            what is there (the folder, or the schema) and begin anew.
            """
        case .sourceChanged(let place):
            """
            Something was written to \(place) while it was read, and the target lacks it. Stop whatever serves it, and \
            give the same command again: into a folder it copies what has changed; a schema has to be removed first.
            """
        case .unknownSchema(let place, let table, let columns):
            """
            The table \(table) at \(place) differs from what this version moves, in \
            \(columns.joined(separator: ", ")). Nothing was moved.
            """
        case .unmovableKey(let place, let table):
            """
            A key of the table \(table) at \(place) holds U+0000 or is no UTF-8, which the other database cannot hold. \
            Remove that row first.
            """
        case .unexpectedValue(let place, let table, let column):
            "The column \(column) of the table \(table) at \(place) holds a value that its type does not allow."
        case .damagedProgress(let place, let table):
            """
            What \(place) says of how far \(table) was moved cannot be read. Remove what is there (the folder, or the \
            schema) and begin anew.
            """
        case .different(let differences):
            differences.map(\.description).joined(separator: "\n")
        case .database(let place, let reason): "SQLite refused an operation on \(place): \(reason)."
        }
    }
}

/// The first difference between the two sides of one table.
public struct MoveDifference: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case missing, added, changed }

    public var table: String
    public var kind: Kind
    /// The row's, for people.
    public var key: String
    public var sourceRows: Int
    public var targetRows: Int
}

extension MoveDifference: CustomStringConvertible {
    public var description: String {
        let what =
            switch kind {
            case .missing: "is missing at the target"
            case .added: "is at the target alone"
            case .changed: "is not the same"
            }
        return """
            \(table): the row \(key) \(what) (\(sourceRows) rows at the source, \(targetRows) at the target).
            """
    }
}
