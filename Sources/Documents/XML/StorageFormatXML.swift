internal import CLibXML2

/// The one place that calls libxml2 for storage format.
///
/// It is asked for events, never for a tree. It opens no file and no connection, sees no document type
/// (so no entity can be declared), and reports errors here instead of printing them.
enum StorageFormatXML {
    /// The first thing that was not well-formed.
    struct Defect: Hashable {
        /// 1-based.
        var line: Int
        /// An `xmlParserErrors` value.
        var code: Int32
    }

    enum Outcome: Hashable {
        case complete
        /// Not well-formed. When asked to recover, the tree holds what could be told apart nevertheless.
        case defective(Defect)
        case outOfMemory
    }

    /// Feeds `markup`, one well-formed element, to `tree`.
    ///
    /// - Parameter recovers: whether to go on after the first defect as well as libxml2 can.
    static func parse(_ markup: [UInt8], into tree: inout StorageFormatTree, recovers: Bool) -> Outcome {
        initialized
        var sink = XMLSink(tree: tree, recovers: recovers)
        // The sink must be the only holder of the tree's arrays, else each event would copy them.
        tree = StorageFormatTree()
        defer { tree = sink.tree }
        let isRead = markup.withUnsafeBytes { buffer -> Bool in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            guard let context = xmlCreateMemoryParserCtxt(start, Int32(buffer.count)) else { return false }
            defer { xmlFreeParserCtxt(context) }
            // HUGE lifts libxml2's own limits on depth and length: StorageFormatLimits stand instead.
            var options = XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue
            if recovers { options |= XML_PARSE_RECOVER.rawValue }
            guard xmlCtxtUseOptions(context, Int32(options)) == 0, let handler = context.pointee.sax else {
                return false
            }
            handler.pointee = xmlSAXHandler.forwarding
            sink.context = context
            // The pointer to the sink is good for this call alone, and so is the context that holds it.
            withUnsafeMutablePointer(to: &sink) { pointer in
                context.pointee.userData = UnsafeMutableRawPointer(pointer)
                xmlParseDocument(context)
            }
            return true
        }
        guard isRead else { return .outOfMemory }
        return sink.defect.map { .defective($0) } ?? .complete
    }

    /// libxml2 wants this once, before threads use it.
    private static let initialized: Void = xmlInitParser()
}

/// What the callbacks work on: reached through libxml2's user data pointer during one parse.
private struct XMLSink {
    var tree: StorageFormatTree
    let recovers: Bool
    var defect: StorageFormatXML.Defect?
    var context: xmlParserCtxtPtr?
    let elements = StorageElement.names
    let attributes = StorageAttribute.names
    /// The wrapper around the page is not part of it.
    var depth = 0

    init(tree: StorageFormatTree, recovers: Bool) {
        self.tree = tree
        self.recovers = recovers
    }

    static func at(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLSink>? {
        pointer?.assumingMemoryBound(to: XMLSink.self)
    }

    mutating func start(
        _ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ count: Int32,
        _ values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        depth += 1
        guard depth > 1, tree.open(elements[nameHash(prefix, name)]) else { return }
        if let values {
            // Five pointers an attribute: name, prefix, namespace, first byte and end of the value.
            for index in 0..<Int(count) {
                let name = attributes[nameHash(values[index * 5 + 1], values[index * 5])]
                if name != .unknown, let first = values[index * 5 + 3], let end = values[index * 5 + 4] {
                    add(name, UnsafeBufferPointer(start: first, count: end - first))
                }
            }
        }
        tree.finishOpening()
    }

    mutating func end() {
        depth -= 1
        if depth > 0 { tree.close() }
    }

    mutating func text(_ start: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let start, count > 0 else { return }
        tree.addText(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    mutating func error(_ error: UnsafePointer<xmlError>?) {
        guard let error = error?.pointee, error.level == XML_ERR_FATAL else { return }
        if defect == nil {
            defect = StorageFormatXML.Defect(line: Int(error.line), code: error.code)
        }
        if !recovers { xmlStopParser(context) }
    }

    /// Without entity substitution libxml2 leaves an ampersand in a value as `&#38;`, and no other way.
    private mutating func add(_ name: StorageAttribute, _ value: UnsafeBufferPointer<UInt8>) {
        guard value.contains(UInt8(ascii: "&")) else {
            return tree.addAttribute(name, value: value)
        }
        var plain: [UInt8] = []
        var index = 0
        while index < value.count {
            plain.append(value[index])
            index += value[index] == UInt8(ascii: "&") && value[index...].starts(with: "&#38;".utf8) ? 5 : 1
        }
        tree.addAttribute(name, value: plain)
    }

    private func nameHash(_ prefix: UnsafePointer<xmlChar>?, _ name: UnsafePointer<xmlChar>?) -> NameHash {
        var hash = NameHash()
        if var byte = prefix {
            while byte.pointee != 0 {
                hash.add(byte.pointee)
                byte += 1
            }
            hash.add(UInt8(ascii: ":"))
        }
        if var byte = name {
            while byte.pointee != 0 {
                hash.add(byte.pointee)
                byte += 1
            }
        }
        return hash
    }
}

extension xmlSAXHandler {
    /// Elements, text and errors go to the ``XMLSink``; everything else is left out, so that there is no
    /// document, no declared entity and no external subset.
    fileprivate static var forwarding: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = XML_SAX2_MAGIC
        handler.startElementNs = { user, name, prefix, _, _, _, count, _, values in
            XMLSink.at(user)?.pointee.start(name, prefix, count, values)
        }
        handler.endElementNs = { user, _, _, _ in XMLSink.at(user)?.pointee.end() }
        handler.characters = { user, start, count in XMLSink.at(user)?.pointee.text(start, count) }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.serror = { user, error in XMLSink.at(user)?.pointee.error(error) }
        return handler
    }
}
