extension StorageFormatTree {
    /// The bytes of an attribute's value.
    func attribute(_ name: StorageAttribute, of node: Int32) -> Range<Int>? {
        // A run of text has none, and its `start` is no attribute's.
        guard nodes[Int(node)].attributeCount > 0 else { return nil }
        let start = Int(nodes[Int(node)].start)
        for attribute in attributes[start..<start + Int(nodes[Int(node)].attributeCount)]
        where attribute.name == name {
            return Int(attribute.start)..<Int(attribute.end)
        }
        return nil
    }

    /// The value of an attribute, or `nil` when it is absent or blank.
    func string(_ name: StorageAttribute, of node: Int32) -> String? {
        guard let range = attribute(name, of: node) else { return nil }
        let value = String(decoding: bytes[range], as: UTF8.self)
        return value.utf8.allSatisfy { $0 <= 0x20 } ? nil : value
    }

    /// The text of `node` and all below it, as it stands: a `br` is a line break, and so is where a block
    /// begins or ends. Settings of a macro are no text, but a status's title is; nor is what is struck out.
    func verbatimText(of node: Int32) -> String {
        var text: [UInt8] = []
        appendVerbatim(of: node, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func appendVerbatim(of node: Int32, to text: inout [UInt8]) {
        switch nodes[Int(node)].element {
        case .text:
            text.append(contentsOf: bytes[Int(nodes[Int(node)].start)..<Int(nodes[Int(node)].end)])
        case .lineBreak:
            text.append(UInt8(ascii: "\n"))
        case .hidden:
            break
        default:
            var child = nodes[Int(node)].firstChild
            while child != 0 {
                let element = nodes[Int(child)].element
                if !element.isMuted && element != .strikethrough || isStatusTitle(child) {
                    let isBlock = nodes[Int(child)].element.isBlock || nodes[Int(child)].macro.isBlock
                    if isBlock { Self.endLine(&text) }
                    appendVerbatim(of: child, to: &text)
                    if isBlock { Self.endLine(&text) }
                }
                child = nodes[Int(child)].nextSibling
            }
        }
    }

    private func isStatusTitle(_ node: Int32) -> Bool {
        nodes[Int(node)].element == .parameter && nodes[Int(nodes[Int(node)].parent)].macro == .status
            && string(.name, of: node) == "title"
    }

    private static func endLine(_ text: inout [UInt8]) {
        if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    }

    func children(of node: Int32) -> Children {
        Children(nodes: nodes, upcoming: nodes[Int(node)].firstChild)
    }

    /// The first child that is `element`.
    func child(_ element: StorageElement, of node: Int32) -> Int32? {
        children(of: node).first { nodes[Int($0)].element == element }
    }

    struct Children: Sequence, IteratorProtocol {
        let nodes: [Node]
        var upcoming: Int32

        mutating func next() -> Int32? {
            guard upcoming != 0 else { return nil }
            defer { upcoming = nodes[Int(upcoming)].nextSibling }
            return upcoming
        }
    }
}
