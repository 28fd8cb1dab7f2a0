/// An element of an XML document: what AWS's services are sent and answer with.
///
/// Text and elements do not mix there, so the text of an element is kept in one piece.
public struct XMLTree: Sendable, Hashable {
    /// Without a namespace's prefix.
    public var name: String
    /// Written as `xmlns`; not kept when reading.
    public var namespace: String?
    /// In the order of the names when written.
    public var attributes: [String: String]
    /// All text of the element itself, joined.
    public var text: String
    public var children: [XMLTree]

    public init(
        _ name: String, namespace: String? = nil, attributes: [String: String] = [:], text: String = "",
        children: [XMLTree] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.text = text
        self.children = children
    }

    /// The first child of a name.
    public subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

    /// The children of a name, in order.
    public func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// Whether XML 1.0 has all characters of a text, so that it comes out of ``serialized()`` as it is.
    package static func canHold(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "\t", "\n", "\r": true
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": false
            default: true
            }
        }
    }

    /// The element as text, without a declaration. Characters that XML cannot hold are left out.
    public func serialized() -> String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to result: inout String) {
        result += "<" + name
        if let namespace { result += " xmlns=\"\(Self.escaped(namespace))\"" }
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            result += " \(key)=\"\(Self.escaped(value))\""
        }
        guard !text.isEmpty || !children.isEmpty else {
            result += " />"
            return
        }
        result += ">" + Self.escaped(text, inQuotes: false)
        for child in children { child.write(to: &result) }
        result += "</\(name)>"
    }

    private static func escaped(_ text: String, inQuotes: Bool = true) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"" where inQuotes: result.append(contentsOf: "&quot;".unicodeScalars)
            // A reader turns line ends as they stand into others, and those of attributes into spaces.
            case "\r", "\n", "\t": result.append(contentsOf: "&#\(scalar.value);".unicodeScalars)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
