import JSONValue

/// A place of a template that names a value of a record: `title`, `author[name]`, `author.name`, `tags[0]`.
struct FieldPath: Sendable, Hashable {
    let name: String
    /// The first name, and the members and elements behind it.
    private let head: String
    private let steps: [String]

    init(_ name: String) {
        self.name = name
        let parts = name.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "[" }
        head = parts.first.map(String.init) ?? name
        steps = parts.dropFirst().map { String($0.last == "]" ? $0.dropLast() : $0) }
    }

    /// Whether a row with these names may have it.
    func stands(in names: Set<String>) -> Bool {
        names.contains(name) || names.contains(head) || name == Record.textKey
    }

    /// Whether a format stands behind the name, which is no path.
    var hasFormat: Bool { name.contains(":") || name.contains("!") }

    /// The value; `nil` where there is none.
    ///
    /// A record without a member `text` is a text as a whole.
    func value(in record: Record) -> JSONValue? {
        if let value = record.values[name] { return value }
        guard name != Record.textKey else { return .string(record.text) }
        guard !steps.isEmpty, var value = record.values[head] else { return nil }
        for step in steps {
            if let members = value.object {
                guard let member = members[step] else { return nil }
                value = member
            } else if let elements = value.array, let index = Int(step), elements.indices.contains(index) {
                value = elements[index]
            } else {
                return nil
            }
        }
        return value
    }
}
