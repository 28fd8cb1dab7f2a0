internal import CLibXML2

/// What reads one part of an office file.
protocol OfficeXMLHandler: AnyObject {
    /// - Parameter name: without its prefix; which prefix stands for what is up to each program.
    func start(_ name: String, _ attributes: OfficeAttributes)
    func text(_ text: String)
    func end(_ name: String)
    /// Whether nothing more is wanted.
    var isDone: Bool { get }
}

extension OfficeXMLHandler {
    var isDone: Bool { false }
}

/// The attributes of one element.
struct OfficeAttributes {
    fileprivate var values: [(name: String, value: String)] = []

    /// By the name without its prefix; one without a prefix wins.
    subscript(name: String) -> String? {
        if let exact = values.first(where: { $0.name == name }) { return exact.value }
        return values.first { $0.name.hasSuffix(":" + name) }?.value
    }

    /// `r:id`, `r:embed`, `r:link`, …: always with a prefix, for many elements have an `id` of their own.
    func relationship(_ name: String = "id") -> String? {
        values.first { $0.name.hasSuffix(":" + name) && !$0.name.hasPrefix("xml") }?.value
    }

    /// Whether a switch is on: absent means `standard`.
    func flag(_ name: String, standard: Bool = false) -> Bool {
        guard let value = self[name]?.lowercased() else { return standard }
        return value == "1" || value == "true" || value == "on"
    }
}

/// Streams a part of an office file to a handler. No tree, no document type, no entity, nothing fetched.
enum OfficeXML {
    /// Deeper nesting is refused: 200 levels hold any table in a table that a person can make.
    private static let depthLimit = 512

    /// - Throws: ``OfficeXMLFault``, and what reading the bytes throws.
    static func read(_ stream: ByteStream, into handler: any OfficeXMLHandler) throws {
        var handlers = Self.handlers()
        let bridge = Bridge(handler)
        let context = Unmanaged.passUnretained(bridge).toOpaque()
        try withExtendedLifetime(bridge) {
            guard let parser = xmlCreatePushParserCtxt(&handlers, context, nil, 0, nil) else {
                throw OfficeXMLFault(reason: "libxml2 has no memory")
            }
            defer { xmlFreeParserCtxt(parser) }
            bridge.parser = parser
            // HUGE only lifts libxml2's limits on text length and depth; the archive's bound the one, ours
            // the other.
            xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
            defer { buffer.deallocate() }
            var count = try stream.next(buffer)
            while count > 0, !handler.isDone {
                // The first bytes decide on the encoding and must be at least four.
                let bytes = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                xmlParseChunk(parser, bytes, Int32(count), 0)
                try bridge.check(parser)
                count = try stream.next(buffer)
            }
            guard !handler.isDone else { return }
            xmlParseChunk(parser, nil, 0, 1)
            try bridge.check(parser)
        }
    }

    private static func handlers() -> xmlSAXHandler {
        var handlers = xmlSAXHandler()
        handlers.initialized = 1  // the callbacks without name spaces
        handlers.startElement = { context, name, attributes in
            Bridge.from(context)?.start(name, attributes)
        }
        handlers.endElement = { context, name in Bridge.from(context)?.end(name) }
        handlers.characters = { context, text, count in Bridge.from(context)?.characters(text, count) }
        handlers.cdataBlock = { context, text, count in Bridge.from(context)?.characters(text, count) }
        handlers.internalSubset = { context, _, _, _ in
            Bridge.from(context)?.fail("it declares a document type, which no office program writes")
        }
        handlers.serror = { _, _ in }
        return handlers
    }

    /// Between libxml2's callbacks and a handler.
    private final class Bridge {
        var parser: xmlParserCtxtPtr?
        private let handler: any OfficeXMLHandler
        private var depth = 0
        private var fault: OfficeXMLFault?

        init(_ handler: any OfficeXMLHandler) {
            self.handler = handler
        }

        static func from(_ context: UnsafeMutableRawPointer?) -> Bridge? {
            context.map { Unmanaged<Bridge>.fromOpaque($0).takeUnretainedValue() }
        }

        func fail(_ reason: String) {
            if fault == nil { fault = OfficeXMLFault(reason: reason) }
            if let parser { xmlStopParser(parser) }
        }

        func check(_ parser: xmlParserCtxtPtr) throws {
            if let fault { throw fault }
            guard parser.pointee.wellFormed != 0 else {
                throw OfficeXMLFault(reason: "its XML is not well-formed")
            }
        }

        func start(
            _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
        ) {
            guard fault == nil, let name else { return }
            depth += 1
            guard depth <= OfficeXML.depthLimit else {
                return fail("it nests more than \(OfficeXML.depthLimit) elements")
            }
            var values = OfficeAttributes()
            var index = 0
            while let attributes, let key = attributes[index] {
                if let value = attributes[index + 1] {
                    values.values.append((String(cString: key), String(cString: value)))
                }
                index += 2
            }
            handler.start(Self.local(name), values)
        }

        func end(_ name: UnsafePointer<xmlChar>?) {
            guard fault == nil, let name else { return }
            depth -= 1
            handler.end(Self.local(name))
        }

        func characters(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
            guard fault == nil, let bytes else { return }
            handler.text(
                String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self))
        }

        private static func local(_ name: UnsafePointer<xmlChar>) -> String {
            let whole = String(cString: name)
            guard let colon = whole.utf8.firstIndex(of: UInt8(ascii: ":")) else { return whole }
            return String(whole[whole.index(after: colon)...])
        }
    }
}

/// A part that is no XML as office programs write it.
struct OfficeXMLFault: Error {
    var reason: String
}
