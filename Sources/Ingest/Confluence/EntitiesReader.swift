internal import CLibXML2

/// What `entities.xml` may hold.
struct EntitiesLimits: Sendable {
    /// A longer body is cut and its page skipped.
    var bodyBytes = 10 << 20
    /// A longer text of any other property is cut.
    var propertyBytes = 64 << 10
    /// A space export is flat: object, collection, element, id. Deeper nesting is refused.
    var depth = 32
}

/// Streams `entities.xml`: bytes in, one ``ExportEntity`` after the other out, nothing kept.
///
/// libxml2's push parser with callbacks of our own: no tree is built, no entity is ever defined, a document
/// type stops the parser before its first declaration, and nothing is fetched.
enum EntitiesReader {
    /// Input is parsed in pieces of this size. Within a CDATA section libxml2 takes at most 300 bytes a call
    /// and searches all that waits for the section's end; larger pieces would pile up, and a long body would
    /// take quadratic time.
    private static let pieceBytes = 256

    /// - Parameters:
    ///   - stream: the bytes of `entities.xml`.
    ///   - classes: other objects are passed over.
    ///   - visit: gets each object when it is complete.
    static func read(
        _ stream: ByteStream, limits: EntitiesLimits = EntitiesLimits(),
        classes: Set<String>, visit: (ExportEntity) throws -> Void
    ) throws {
        try withoutActuallyEscaping(visit) { visit in
            let builder = EntityBuilder(limits: limits, classes: classes, visit: visit)
            try withExtendedLifetime(builder) {
                try parse(stream, builder: builder)
            }
        }
    }

    private static func parse(
        _ stream: ByteStream, builder: EntityBuilder
    ) throws {
        var handlers = Self.handlers()
        let context = Unmanaged.passUnretained(builder).toOpaque()
        guard let parser = xmlCreatePushParserCtxt(&handlers, context, nil, 0, nil) else {
            throw SpaceExportError.malformedEntities(line: 0, reason: "libxml2 has no memory")
        }
        defer { xmlFreeParserCtxt(parser) }
        builder.parser = parser
        // HUGE only lifts libxml2's limits on text length and depth; both have limits of ours.
        xmlCtxtUseOptions(
            parser,
            Int32((XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_IGNORE_ENC.rawValue)))
        xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8)

        var filter = EntitiesFilter()
        var filtered: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        var isLast = false
        while !isLast {
            let count = try stream.next(buffer)
            isLast = count == 0
            filtered.removeAll(keepingCapacity: true)
            filter.filter(UnsafeRawBufferPointer(rebasing: buffer[..<count]), isLast: isLast, into: &filtered)
            try feed(filtered, to: parser, builder: builder)
        }
        xmlParseChunk(parser, nil, 0, 1)
        try builder.check(parser)
        guard builder.isComplete else {
            throw SpaceExportError.malformedEntities(
                line: Int(xmlSAX2GetLineNumber(parser)), reason: "it ends too early")
        }
    }

    private static func feed(_ bytes: [UInt8], to parser: xmlParserCtxtPtr, builder: EntityBuilder) throws {
        try bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let piece = all[start..<min(start + pieceBytes, all.count)]
                let pointer = UnsafeRawBufferPointer(rebasing: piece).baseAddress
                xmlParseChunk(parser, pointer?.assumingMemoryBound(to: CChar.self), Int32(piece.count), 0)
                try builder.check(parser)
                start += pieceBytes
            }
        }
    }

    private static func handlers() -> xmlSAXHandler {
        var handlers = xmlSAXHandler()
        handlers.initialized = 1  // the callbacks without name spaces
        handlers.startElement = { context, name, attributes in
            EntityBuilder.from(context)?.start(name, attributes)
        }
        handlers.endElement = { context, _ in EntityBuilder.from(context)?.end() }
        handlers.characters = { context, text, count in
            EntityBuilder.from(context)?.characters(text, count)
        }
        handlers.cdataBlock = { context, text, count in
            EntityBuilder.from(context)?.characters(text, count)
        }
        handlers.internalSubset = { context, _, _, _ in EntityBuilder.from(context)?.refuseDocumentType() }
        handlers.serror = { context, error in EntityBuilder.from(context)?.note(error) }
        return handlers
    }
}

/// Puts objects together from libxml2's callbacks, and holds the first failure until the parser is back.
private final class EntityBuilder {
    /// Set right after the parser is made, before the first byte; the parser does not outlive the call.
    var parser: xmlParserCtxtPtr?
    private(set) var isComplete = false

    private let limits: EntitiesLimits
    private let classes: Set<String>
    private let visit: (ExportEntity) throws -> Void
    private var failure: (any Error)?
    private var depth = 0
    private var entity: ExportEntity?
    private var property = ""
    private var isCollection = false
    private var isBody = false
    private var capturesText = false
    private var text: [UInt8] = []

    init(limits: EntitiesLimits, classes: Set<String>, visit: @escaping (ExportEntity) throws -> Void) {
        self.limits = limits
        self.classes = classes
        self.visit = visit
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> EntityBuilder? {
        context.map { Unmanaged<EntityBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private var line: Int { parser.map { Int(xmlSAX2GetLineNumber($0)) } ?? 0 }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        if let parser { xmlStopParser(parser) }
    }

    func refuseDocumentType() {
        fail(SpaceExportError.documentTypeDeclared(line: line))
    }

    func note(_ error: xmlErrorPtr?) {
        guard failure == nil, let error, error.pointee.level == XML_ERR_FATAL else { return }
        let message = error.pointee.message.map { String(cString: $0) } ?? "unknown fault"
        // libxml2 quotes what it found; the first line says what is wrong, and page text stays out.
        let reason = message.split(separator: "\n").first.map(String.init) ?? message
        failure = SpaceExportError.malformedEntities(
            line: Int(error.pointee.line), reason: String(reason.prefix(120)))
    }

    func check(_ parser: xmlParserCtxtPtr) throws {
        if let failure { throw failure }
        guard parser.pointee.wellFormed != 0 else {
            throw SpaceExportError.malformedEntities(line: line, reason: "it is not well-formed")
        }
    }

    func start(_ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?)
    {
        guard failure == nil, let name else { return }
        depth += 1
        let element = String(cString: name)
        switch depth {
        case 1:
            if element != "hibernate-generic" {
                fail(
                    SpaceExportError.malformedEntities(
                        line: line, reason: "its root is “\(element.prefix(40))”, not “hibernate-generic”"))
            }
        case 2:
            // A few exports give the whole name of the class and no package.
            let fullName = Self.attribute("class", attributes) ?? ""
            let className =
                fullName.lastIndex(of: ".").map { String(fullName[$0...].dropFirst()) } ?? fullName
            entity =
                element == "object" && classes.contains(className) ? ExportEntity(className: className) : nil
        case 3 where entity != nil:
            property = element == "id" ? "id" : Self.attribute("name", attributes) ?? ""
            isCollection = element == "collection"
            isBody = property == "body" && entity?.className == "BodyContent"
            beginText(!isCollection)
        case 4 where entity != nil && !isCollection, 5 where entity != nil && isCollection:
            if element == "id" { beginText(true) }
        case limits.depth...:
            fail(SpaceExportError.malformedEntities(line: line, reason: "it nests \(depth) elements"))
        default:
            break
        }
    }

    func characters(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard capturesText, let bytes else { return }
        let limit = isBody ? limits.bodyBytes : limits.propertyBytes
        let room = limit - text.count
        if Int(count) > room, isBody { entity?.isBodyTruncated = true }
        text.append(contentsOf: UnsafeBufferPointer(start: bytes, count: min(Int(count), max(0, room))))
    }

    func end() {
        guard failure == nil else { return }
        switch depth {
        case 1: isComplete = true
        case 2: finishEntity()
        case 3 where entity != nil && !isCollection: finishProperty()
        case 4 where entity != nil && !isCollection && capturesText:
            entity?.references[property] = takeText()
        case 5 where entity != nil && isCollection && capturesText:
            entity?.collections[property, default: []].append(takeText())
        default: break
        }
        depth -= 1
    }

    private func finishEntity() {
        guard let finished = entity else { return }
        entity = nil
        do {
            try visit(finished)
        } catch {
            fail(error)
        }
    }

    private func finishProperty() {
        guard capturesText else { return }
        if isBody {
            entity?.body = text
        } else {
            let value = takeText()
            if property == "id" {
                entity?.id = value
            } else if !value.isEmpty, entity?.references[property] == nil {
                entity?.texts[property] = value
            }
        }
        beginText(false)
    }

    private func beginText(_ captures: Bool) {
        text.removeAll(keepingCapacity: text.capacity < 1 << 20)
        capturesText = captures
    }

    /// The text so far, without white space at its ends; nothing more is taken until the next start.
    private func takeText() -> String {
        defer { beginText(false) }
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = text.firstIndex(where: { !isSpace($0) }),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: text[first...last], as: UTF8.self)
    }

    private static func attribute(
        _ wanted: String, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) -> String? {
        guard let attributes else { return nil }
        var index = 0
        while let name = attributes[index] {
            if String(cString: name) == wanted { return attributes[index + 1].map { String(cString: $0) } }
            index += 2
        }
        return nil
    }
}
