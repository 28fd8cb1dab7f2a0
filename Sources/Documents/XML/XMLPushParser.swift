internal import CLibXML2

/// What reads XML of any size that is pushed through an ``XMLPushParser``.
package protocol XMLPushHandler: AnyObject {
    /// - Parameter attributes: may be looked at until the call returns.
    /// - Throws: anything; it stops the parser and comes out of its `feed`. An ``XMLRefusal`` gets the line.
    func start(_ element: String, _ attributes: XMLAttributes) throws
    /// A piece of text or of a CDATA section, in UTF-8, lent until the call returns.
    func characters(_ bytes: UnsafeBufferPointer<UInt8>)
    func end() throws
}

/// That a handler will have no more of it.
package struct XMLRefusal: Error {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// Why no more is read.
package enum XMLFault: Error, Hashable {
    case outOfMemory
    /// It is not well-formed, or the handler refused it.
    case malformed(line: Int, reason: String)
    /// It declares a document type, which could define expanding or external entities.
    case documentType(line: Int)
}

/// The attributes of one element. They may be looked at only while the call that lends them lasts.
package struct XMLAttributes {
    fileprivate let values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

    package subscript(wanted: String) -> String? {
        guard let values else { return nil }
        // Name and value in turn, a null pointer behind the last.
        var index = 0
        while let name = values[index] {
            if String(cString: name) == wanted { return values[index + 1].map { String(cString: $0) } }
            index += 2
        }
        return nil
    }
}

/// libxml2's push parser with callbacks of our own: UTF-8 in, events out, nothing kept.
///
/// No tree is built, no entity is ever defined, a document type stops the parser before its first declaration,
/// and nothing is fetched. Depth and the length of texts are the handler's to limit.
package final class XMLPushParser {
    /// Input is parsed in pieces of this size. Within a CDATA section libxml2 takes at most 300 bytes a call
    /// and searches all that waits for the section's end; larger pieces would pile up, and a long body would
    /// take quadratic time.
    private static let pieceBytes = 256

    private let context: xmlParserCtxtPtr
    /// What the callbacks reach through libxml2's user data pointer; kept alive by this object, which outlives
    /// every call.
    private let bridge: Bridge

    /// - Throws: ``XMLFault/outOfMemory``.
    package init(_ handler: any XMLPushHandler) throws {
        bridge = Bridge(handler)
        var handlers = Self.handlers()
        let user = Unmanaged.passUnretained(bridge).toOpaque()
        guard let context = xmlCreatePushParserCtxt(&handlers, user, nil, 0, nil) else {
            throw XMLFault.outOfMemory
        }
        self.context = context
        bridge.parser = context
        // HUGE only lifts libxml2's limits on text length and depth.
        xmlCtxtUseOptions(
            context,
            Int32((XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_IGNORE_ENC.rawValue)))
        xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
    }

    deinit {
        xmlFreeParserCtxt(context)
    }

    /// 1-based, of what is being read.
    package var line: Int { bridge.line }

    /// - Throws: ``XMLFault``, or what the handler threw.
    package func feed(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let piece = all[start..<min(start + Self.pieceBytes, all.count)]
                let pointer = UnsafeRawBufferPointer(rebasing: piece).baseAddress
                xmlParseChunk(context, pointer?.assumingMemoryBound(to: CChar.self), Int32(piece.count), 0)
                try bridge.check()
                start += Self.pieceBytes
            }
        }
    }

    /// - Throws: as ``feed(_:)`` does.
    package func finish() throws {
        xmlParseChunk(context, nil, 0, 1)
        try bridge.check()
    }

    private static func handlers() -> xmlSAXHandler {
        var handlers = xmlSAXHandler()
        handlers.initialized = 1  // the callbacks without name spaces
        handlers.startElement = { context, name, attributes in
            Bridge.from(context)?.start(name, attributes)
        }
        handlers.endElement = { context, _ in Bridge.from(context)?.end() }
        handlers.characters = { context, text, count in Bridge.from(context)?.characters(text, count) }
        handlers.cdataBlock = { context, text, count in Bridge.from(context)?.characters(text, count) }
        handlers.internalSubset = { context, _, _, _ in Bridge.from(context)?.refuseDocumentType() }
        handlers.serror = { context, error in Bridge.from(context)?.note(error) }
        return handlers
    }

    /// Between libxml2's callbacks and a handler; holds the first failure until the parser is back.
    private final class Bridge {
        /// Set right after the parser is made, before the first byte; the parser's owner owns this as well.
        var parser: xmlParserCtxtPtr?
        private let handler: any XMLPushHandler
        private var failure: (any Error)?

        init(_ handler: any XMLPushHandler) {
            self.handler = handler
        }

        static func from(_ context: UnsafeMutableRawPointer?) -> Bridge? {
            context.map { Unmanaged<Bridge>.fromOpaque($0).takeUnretainedValue() }
        }

        var line: Int { parser.map { Int(xmlSAX2GetLineNumber($0)) } ?? 0 }

        func check() throws {
            if let failure { throw failure }
            guard parser?.pointee.wellFormed != 0 else {
                throw XMLFault.malformed(line: line, reason: "it is not well-formed")
            }
        }

        private func fail(_ error: any Error) {
            if failure == nil { failure = error }
            if let parser { xmlStopParser(parser) }
        }

        private func attempt(_ body: () throws -> Void) {
            guard failure == nil else { return }
            do {
                try body()
            } catch let refusal as XMLRefusal {
                fail(XMLFault.malformed(line: line, reason: refusal.reason))
            } catch {
                fail(error)
            }
        }

        func start(
            _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
        ) {
            guard let name else { return }
            attempt { try handler.start(String(cString: name), XMLAttributes(values: attributes)) }
        }

        func characters(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
            guard let bytes else { return }
            handler.characters(UnsafeBufferPointer(start: bytes, count: Int(count)))
        }

        func end() {
            attempt { try handler.end() }
        }

        func refuseDocumentType() {
            fail(XMLFault.documentType(line: line))
        }

        func note(_ error: xmlErrorPtr?) {
            guard failure == nil, let error, error.pointee.level == XML_ERR_FATAL else { return }
            let message = error.pointee.message.map { String(cString: $0) } ?? "unknown fault"
            // libxml2 quotes what it found; the first line says what is wrong, and page text stays out.
            let reason = message.split(separator: "\n").first.map(String.init) ?? message
            failure = XMLFault.malformed(line: Int(error.pointee.line), reason: String(reason.prefix(120)))
        }
    }
}
