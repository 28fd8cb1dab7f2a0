import JSONValue

extension JSONValue {
    /// A number of an object; `nil` when it is absent or null.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for another value.
    func number(_ key: String, in range: ClosedRange<Double>) throws(RequestFault) -> Double? {
        guard let value = self[key], value != .null else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw .invalidField(
                name: key, reason: "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A whole number of an object; `nil` when it is absent or null.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for another value.
    func wholeNumber(_ key: String, in range: ClosedRange<Int>) throws(RequestFault) -> Int? {
        guard let value = self[key], value != .null else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .invalidField(
                name: key, reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A text of an object that must be there.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    func requiredText(_ key: String) throws(RequestFault) -> String {
        guard let text = try text(key) else { throw .invalidField(name: key, reason: "is missing") }
        return text
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` when a tool must be called: a flow calls its own.
    func checkToolChoice() throws(RequestFault) {
        switch self["tool_choice"] {
        case nil, .null?, .string("auto")?, .string("none")?: return
        default:
            throw .invalidField(
                name: "tool_choice",
                reason: "must be auto or none: a flow calls the tools that it has, and no others")
        }
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` when another form than text is asked for.
    static func checkFormat(_ format: JSONValue?, named name: String) throws(RequestFault) {
        guard let format, format != .null else { return }
        guard format["type"]?.string == "text" else {
            throw .invalidField(
                name: name,
                reason: "must be of the type text: what a flow makes has the form that the flow gives it")
        }
    }
}
