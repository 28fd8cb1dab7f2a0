import JSONValue

extension JSONValue {
    /// What ``ChatMessage/json`` wrote: a text with the role of who says it; `nil` for any other value.
    var message: ChatMessage? {
        guard self["role"]?.string.flatMap({ ChatMessage.Role(rawValue: $0) }) != nil else { return nil }
        return try? ChatMessage(json: self)
    }

    /// A value as a text: a message's or record's own, a table as Markdown, others as JSON.
    var asText: String {
        switch self {
        case .object(let members): Record(members).text
        case .array(let elements) where !elements.isEmpty && elements.allSatisfy({ $0.object != nil }):
            Table(any: self).markdown
        default: plainText
        }
    }

    /// A value as a message: itself, or ``asText`` said by the assistant; a text alone is said by the user.
    var asMessage: ChatMessage {
        message ?? ChatMessage(asText, role: string == nil ? .assistant : .user)
    }
}

extension Record {
    /// A record of any value: an object's members, a text as `text`, a table's rows as `results`, others as `value`.
    init(any value: JSONValue) {
        switch value {
        case .object(let members): self.init(members)
        case .string: self.init([Self.textKey: value])
        case .array: self.init([Self.rowsKey: value])
        default: self.init(["value": value])
        }
    }

    /// The rows of a table under one name.
    init(table: Table) {
        self.init([Self.rowsKey: table.json])
    }

    /// The member that holds a table's rows.
    static let rowsKey = "results"
}

extension Table {
    /// A table of any value: an array's elements, or one row.
    init(any value: JSONValue) {
        switch value {
        case .array(let elements): self.init(elements.map { Record(element: $0) })
        default: self.init(record: Record(any: value))
        }
    }

    /// The rows that are all that a record holds, or the record as the only row.
    init(record: Record) {
        if record.values.count == 1, let rows = record.values.first?.value.array,
            rows.allSatisfy({ $0.object != nil })
        {
            self.init(rows.map { Record($0.object ?? [:]) })
        } else {
            self.init([record])
        }
    }
}

extension Record {
    /// A row of any value: an object's members, a text as `text`, others as `value`.
    fileprivate init(element value: JSONValue) {
        switch value {
        case .object, .string: self.init(any: value)
        default: self.init(["value": value])
        }
    }
}
