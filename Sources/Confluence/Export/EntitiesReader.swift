import Documents

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
/// No tree is built, no entity is ever defined, a document type stops the parser before its first declaration,
/// and nothing is fetched.
enum EntitiesReader {
    /// - Parameters:
    ///   - stream: the bytes of `entities.xml`.
    ///   - classes: other objects are passed over.
    ///   - visit: gets each object when it is complete.
    static func read(
        _ stream: ByteStream, limits: EntitiesLimits = EntitiesLimits(),
        classes: Set<String>, visit: (ExportEntity) throws -> Void
    ) throws {
        try withoutActuallyEscaping(visit) { visit in
            do {
                try parse(stream, into: EntityBuilder(limits: limits, classes: classes, visit: visit))
            } catch let fault as XMLFault {
                throw SpaceExportError(fault)
            }
        }
    }

    private static func parse(_ stream: ByteStream, into builder: EntityBuilder) throws {
        let parser = try XMLPushParser(builder)
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
            try parser.feed(filtered)
        }
        try parser.finish()
        guard builder.isComplete else {
            throw SpaceExportError.malformedEntities(line: parser.line, reason: "it ends too early")
        }
    }
}

/// Puts objects together from the parser's events.
private final class EntityBuilder: XMLPushHandler {
    private(set) var isComplete = false

    private let limits: EntitiesLimits
    private let classes: Set<String>
    private let visit: (ExportEntity) throws -> Void
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

    func start(_ element: String, _ attributes: XMLAttributes) throws {
        depth += 1
        switch depth {
        case 1:
            if element != "hibernate-generic" {
                throw XMLRefusal(reason: "its root is “\(element.prefix(40))”, not “hibernate-generic”")
            }
        case 2:
            // A few exports give the whole name of the class and no package.
            let fullName = attributes["class"] ?? ""
            let className =
                fullName.lastIndex(of: ".").map { String(fullName[$0...].dropFirst()) } ?? fullName
            entity =
                element == "object" && classes.contains(className) ? ExportEntity(className: className) : nil
        case 3 where entity != nil:
            property = element == "id" ? "id" : attributes["name"] ?? ""
            isCollection = element == "collection"
            isBody = property == "body" && entity?.className == "BodyContent"
            beginText(!isCollection)
        case 4 where entity != nil && !isCollection, 5 where entity != nil && isCollection:
            if element == "id" { beginText(true) }
        case limits.depth...:
            throw XMLRefusal(reason: "it nests \(depth) elements")
        default:
            break
        }
    }

    func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard capturesText else { return }
        let limit = isBody ? limits.bodyBytes : limits.propertyBytes
        let room = limit - text.count
        if bytes.count > room, isBody { entity?.isBodyTruncated = true }
        text.append(contentsOf: bytes.prefix(max(0, room)))
    }

    func end() throws {
        switch depth {
        case 1: isComplete = true
        case 2: try finishEntity()
        case 3 where entity != nil && !isCollection: finishProperty()
        case 4 where entity != nil && !isCollection && capturesText:
            entity?.references[property] = takeText()
        case 5 where entity != nil && isCollection && capturesText:
            entity?.collections[property, default: []].append(takeText())
        default: break
        }
        depth -= 1
    }

    private func finishEntity() throws {
        guard let finished = entity else { return }
        entity = nil
        try visit(finished)
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
}

extension SpaceExportError {
    /// What the XML parser's fault means of `entities.xml`.
    fileprivate init(_ fault: XMLFault) {
        self =
            switch fault {
            case .outOfMemory: .malformedEntities(line: 0, reason: "libxml2 has no memory")
            case .malformed(let line, let reason): .malformedEntities(line: line, reason: reason)
            case .documentType(let line): .documentTypeDeclared(line: line)
            }
    }
}
