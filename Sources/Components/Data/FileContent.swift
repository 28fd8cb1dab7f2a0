import Flow
import JSONValue

/// What may be saved as a file: a text, a record, a table with the order of its columns, or any other JSON.
enum FileContent: JSONPayload, Hashable {
    case text(String)
    case record(Record)
    case table(Table)
    case json(JSONValue)

    static let payloadName = "content"
    static let jsonSchema: JSONValue = [:]

    /// A text that is the JSON of an object or of objects counts as those: models write tables so.
    init(json: JSONValue) {
        switch json {
        case .string(let text):
            let parsed = text.first == "{" || text.first == "[" ? try? JSONValue(parsing: text) : nil
            switch parsed.map(FileContent.init(json:)) {
            case .record(let record)?: self = .record(record)
            case .table(let table)? where !table.rows.isEmpty: self = .table(table)
            default: self = .text(text)
            }
        case .object(let members):
            self = Self.isMessage(members) ? .text(members["text"]?.string ?? "") : .record(Record(members))
        case .array(let elements) where elements.allSatisfy { $0.object != nil }:
            self = .table(Table(elements.map { Record($0.object ?? [:]) }))
        default: self = .json(json)
        }
    }

    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .record(let record): record.json
        case .table(let table): table.json
        case .json(let value): value
        }
    }

    /// A message that came as JSON has a text, a role, and nothing that a message has not.
    private static func isMessage(_ members: [String: JSONValue]) -> Bool {
        members["text"]?.string != nil
            && members["role"]?.string.flatMap { ChatMessage.Role(rawValue: $0) } != nil
            && messageMembers.isSuperset(of: members.keys)
    }

    private static let messageMembers: Set = ["text", "role", "name", "files", "citations", "withheld"]

    /// As rows and columns; `nil` for what has none.
    var asTable: Table? {
        switch self {
        case .table(let table): table
        case .record(let record): Table([record])
        case .text, .json: nil
        }
    }
}

extension ComponentCatalog {
    /// Lets what flows make be saved.
    mutating func addFileContentConversions() {
        convert(ChatMessage.self, to: FileContent.self) { .text($0.text) }
        convert([ChatMessage].self, to: FileContent.self) {
            .table(Table($0.map { Record($0.json.object ?? [:]) }))
        }
        convert(String.self, to: FileContent.self) { .text($0) }
        convert(Record.self, to: FileContent.self) { .record($0) }
        convert(Table.self, to: FileContent.self) { .table($0) }
        convert(JSONValue.self, to: FileContent.self) { FileContent(json: $0) }
        convert(Int.self, to: FileContent.self) { .json(.integer($0)) }
        convert(Double.self, to: FileContent.self) { .json(.number($0)) }
        convert(Bool.self, to: FileContent.self) { .json(.bool($0)) }
    }
}
