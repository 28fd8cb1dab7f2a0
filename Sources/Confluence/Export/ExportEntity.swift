/// One `<object>` of `entities.xml`, as it stands there.
struct ExportEntity {
    /// `Page`, `BodyContent`, …
    var className: String
    /// The text of its `<id>`.
    var id = ""
    /// Properties that hold text, without white space at the ends. Empty ones are absent.
    var texts: [String: String] = [:]
    /// Properties that name another object: its id.
    var references: [String: String] = [:]
    /// Collections: the ids of their members.
    var collections: [String: [String]] = [:]
    /// The `body` property, byte for byte (UTF-8); empty for all but `BodyContent`.
    var body: [UInt8] = []
    /// Whether `body` was longer than the limit and is therefore cut.
    var isBodyTruncated = false

    /// The first of `names` that holds text.
    func text(_ names: String...) -> String? {
        for name in names {
            if let text = texts[name] { return text }
        }
        return nil
    }

    /// The first of `names` that refers to an object.
    func reference(_ names: String...) -> String? {
        for name in names {
            if let id = references[name] { return id }
        }
        return nil
    }
}
