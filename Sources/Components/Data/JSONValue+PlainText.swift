import JSONValue

extension JSONValue {
    /// As a cell of a table shows it: texts without quotation marks, nothing for null, other values as JSON.
    var plainText: String {
        switch self {
        case .string(let text): text
        case .null: ""
        default: (try? text()) ?? ""
        }
    }

    /// As JSON over several lines, two spaces a level.
    var indented: String {
        var lines = ""
        indent(into: &lines, margin: "")
        return lines
    }

    private func indent(into text: inout String, margin: String) {
        let inner = margin + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            var separator = "{\n"
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                text += separator + inner + ((try? JSONValue.string(name).text()) ?? "\"\"") + ": "
                value.indent(into: &text, margin: inner)
                separator = ",\n"
            }
            text += "\n\(margin)}"
        case .array(let elements) where !elements.isEmpty:
            var separator = "[\n"
            for value in elements {
                text += separator + inner
                value.indent(into: &text, margin: inner)
                separator = ",\n"
            }
            text += "\n\(margin)]"
        default: text += (try? self.text()) ?? "null"
        }
    }

    /// The number that a number is or a text writes, such as `30` or `"30"`.
    var writtenNumber: Double? {
        if let double { return double }
        return string.flatMap(Self.number(in:))
    }

    /// The number that a text writes, in decimal digits.
    static func number(in text: String) -> Double? {
        let trimmed = text.drop(while: \.isWhitespace)
        // Swift's reader takes `nan`, `inf` and hexadecimal as well, which tables mean as words.
        guard !trimmed.isEmpty,
            trimmed.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0) || $0 == " ") })
        else { return nil }
        let end = trimmed.lastIndex { $0 != " " } ?? trimmed.startIndex
        return Double(trimmed[...end]).flatMap { $0.isFinite ? $0 : nil }
    }
}
