import HTTPTypes

/// A list of operations as the table that docs/http-api.md shows.
struct OperationsTable: Sendable, Hashable {
    let markdown: String

    /// - Parameter operations: those that are not listed are left out.
    init(_ operations: [Operation]) {
        let rows = operations.filter(\.isListed).map { operation in
            let name = "`\(operation.method.rawValue) \(operation.path)`"
            let link = operation.section.map { "[\(name)](#\($0))" } ?? name
            return "| \(link) | \(operation.access.word) | \(operation.summary) |"
        }
        markdown = (["| request | scope | for |", "|---|---|---|"] + rows).joined(separator: "\n") + "\n"
    }
}

extension Operation.Access {
    fileprivate var word: String {
        switch self {
        case .open: "–"
        case .signature: "signed"
        case .caller: "any"
        case .scope(let scope): "`\(scope.rawValue)`"
        }
    }
}
