/// Writes JSON text piece by piece, for a document whose shape is known: no tree is made of it first.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { object in
///     object.member("name", "echo")
///     object.list("tags") { tags in for tag in wanted { tags.element(tag) } }
/// }
/// ```
///
/// Members stand in the order in which they are written. Whoever writes them by the order of their bytes makes the
/// text that ``JSONValue/utf8()`` makes of the same document. A key must be written once.
public struct JSONWriter: ~Copyable {
    /// What was written, in UTF-8.
    public private(set) var bytes: [UInt8] = []
    /// Whether something stands before the next member or element.
    private var needsComma = false

    /// - Parameter capacity: bytes that are expected.
    public init(capacity: Int = 1_024) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object: the document itself, or an element of a list.
    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        try nested("{", "}", members)
    }

    /// Writes a list: the document itself.
    public mutating func list(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        try nested("[", "]", elements)
    }

    // MARK: Members of an object

    public mutating func member(_ key: String, _ text: String) {
        begin(key)
        JSONValue.write(text, to: &bytes)
    }

    public mutating func member(_ key: String, _ value: Bool) {
        begin(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func member(_ key: String, _ value: Int) {
        begin(key)
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes a value that was written before, as it stands.
    ///
    /// - Parameter json: JSON text in UTF-8.
    public mutating func member(_ key: String, json: [UInt8]) {
        begin(key)
        bytes.append(contentsOf: json)
    }

    public mutating func null(_ key: String) {
        begin(key)
        bytes.append(contentsOf: "null".utf8)
    }

    public mutating func object(
        _ key: String, _ members: (inout JSONWriter) throws -> Void
    ) rethrows {
        begin(key)
        needsComma = false
        try nested("{", "}", members)
    }

    public mutating func list(
        _ key: String, _ elements: (inout JSONWriter) throws -> Void
    ) rethrows {
        begin(key)
        needsComma = false
        try nested("[", "]", elements)
    }

    public mutating func emptyList(_ key: String) {
        begin(key)
        bytes.append(contentsOf: "[]".utf8)
    }

    // MARK: Elements of a list

    public mutating func element(_ text: String) {
        separate()
        JSONValue.write(text, to: &bytes)
    }

    // MARK: Punctuation

    private mutating func nested(
        _ opening: Unicode.Scalar, _ closing: Unicode.Scalar,
        _ content: (inout JSONWriter) throws -> Void
    ) rethrows {
        separate()
        bytes.append(UInt8(ascii: opening))
        needsComma = false
        try content(&self)
        bytes.append(UInt8(ascii: closing))
        needsComma = true
    }

    private mutating func begin(_ key: String) {
        separate()
        JSONValue.write(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
