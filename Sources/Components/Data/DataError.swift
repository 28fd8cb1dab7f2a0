/// Why a component that changes records, tables or files cannot do it.
public enum DataError: Error, Sendable, Hashable {
    /// A parameter that the chosen operation needs has no value.
    case missingParameter(operation: String, name: String)
    case wrongParameter(name: String, reason: String)
    case unknownKey(operation: String, key: String, known: [String])
    case unknownColumn(operation: String, column: String, known: [String])
    case columnExists(operation: String, column: String)
    /// An operation on one record was given another number of them.
    case recordCount(operation: String, count: Int)
    case tooDeep(limit: Int)
    case tooManyRows(operation: String, limit: Int)
    /// One record would get more members, or a list of it more values.
    case tooManyValues(operation: String, limit: Int)
    case tooLong(operation: String, limit: Int)
    /// A path that cannot be read.
    case badPath(String, place: Int, reason: String)
    /// A path that leads into a value which has no members.
    case noMember(path: String, kind: String)
    case unreadableFile(name: String, reason: String)
    case unwritable(format: String, reason: String)
}

extension DataError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingParameter(let operation, let name):
            "\(operation) needs the parameter “\(name)”; give it a value."
        case .wrongParameter(let name, let reason): "The parameter “\(name)” \(reason)."
        case .unknownKey(let operation, let key, let known):
            "\(operation): the data has no “\(key.prefix(100))”; it has \(Self.list(known))."
        case .unknownColumn(let operation, let column, let known):
            "\(operation): the table has no column “\(column.prefix(100))”; it has \(Self.list(known))."
        case .columnExists(let operation, let column):
            "\(operation): the table has a column “\(column.prefix(100))” already; choose another name."
        case .recordCount(let operation, let count):
            "\(operation) takes one record; \(count) came. Connect one, or combine them first."
        case .tooDeep(let limit):
            "The data nests more than \(limit) deep, which is more than is worked through."
        case .tooManyRows(let operation, let limit):
            "\(operation) would make more than \(limit) rows. Filter the tables first."
        case .tooManyValues(let operation, let limit):
            "\(operation) would make a record of more than \(limit) values. Give it less, or in parts."
        case .tooLong(let operation, let limit):
            "\(operation) would make texts of more than \(limit) bytes. Give it less, or in parts."
        case .badPath(let path, let place, let reason):
            """
            The path “\(path.prefix(100))” cannot be read at character \(place): \(reason). Write it like .items[0].name.
            """
        case .noMember(let path, let kind):
            "The path leads into “\(path.prefix(100))”, which is of the kind \(kind) and has no such members."
        case .unreadableFile(let name, let reason): "The file “\(name)” cannot be read: \(reason)."
        case .unwritable(let format, let reason): "Nothing was saved as \(format): \(reason)."
        }
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let shown = names.prefix(20).map { "“\($0.prefix(60))”" }.joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }
}
