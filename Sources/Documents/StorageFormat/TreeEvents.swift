/// Elements and text in the order in which they stand: what a reader of another format makes of a body.
///
/// They go into the block tree as they are (``StorageFormatParser/parse(_:)-(TreeEvents)``); nothing is written
/// and parsed again. ``storageFormat`` writes them where a page is kept as text.
///
/// Recorded rather than sent: a writer with a limit must be able to take back what does not fit, and a table is
/// laid out only when it is at its end.
public struct TreeEvents: Hashable, Sendable {
    private enum Event: Hashable {
        case open(StorageTag)
        /// An element without content; its attributes follow.
        case empty(StorageTag)
        case attribute(StorageAttribute, byteCount: Int)
        case text(byteCount: Int)
        /// The same, written as a CDATA section.
        case verbatim(byteCount: Int)
        case close(StorageTag)
    }

    private var events: [Event] = []
    /// The values and texts of the events, one behind the other.
    private var bytes: [UInt8] = []
    /// How long ``storageFormat`` is, in UTF-8.
    public private(set) var byteCount = 0

    init() {}

    var isEmpty: Bool { events.isEmpty }

    // MARK: Recording

    typealias Attributes = KeyValuePairs<StorageAttribute, String?>

    /// - Parameter attributes: those without a value are left out.
    mutating func open(_ tag: StorageTag, _ attributes: Attributes = [:]) {
        events.append(.open(tag))
        byteCount += tag.rawValue.utf8.count + 2
        add(attributes)
    }

    mutating func addEmpty(_ tag: StorageTag, _ attributes: Attributes = [:]) {
        events.append(.empty(tag))
        byteCount += tag.rawValue.utf8.count + 3
        add(attributes)
    }

    /// - Parameter tag: of the element that was opened last.
    mutating func close(_ tag: StorageTag) {
        events.append(.close(tag))
        byteCount += tag.rawValue.utf8.count + 3
    }

    mutating func add(
        _ tag: StorageTag, _ attributes: Attributes = [:], _ content: (inout TreeEvents) -> Void
    ) {
        open(tag, attributes)
        content(&self)
        close(tag)
    }

    mutating func addText(_ text: some StringProtocol, _ space: XMLCharacters.Space = .text) {
        let start = bytes.count
        XMLCharacters.append(text, to: &bytes, space)
        guard bytes.count > start else { return }
        events.append(.text(byteCount: bytes.count - start))
        byteCount += escapedByteCount(from: start)
    }

    /// Text whose lines and spaces count, such as code.
    mutating func addVerbatim(_ text: some StringProtocol) {
        let start = bytes.count
        XMLCharacters.append(text, to: &bytes)
        events.append(.verbatim(byteCount: bytes.count - start))
        byteCount += CharacterData.byteCount(of: bytes[start...])
    }

    mutating func append(_ other: TreeEvents) {
        events += other.events
        bytes += other.bytes
        byteCount += other.byteCount
    }

    private mutating func add(_ attributes: Attributes) {
        for (name, value) in attributes {
            guard let value else { continue }
            let start = bytes.count
            XMLCharacters.append(value, to: &bytes, .value)
            events.append(.attribute(name, byteCount: bytes.count - start))
            // A space, an equals sign and two quotes.
            byteCount += name.spelling.utf8.count + 4 + escapedByteCount(from: start)
        }
    }

    private func escapedByteCount(from start: Int) -> Int {
        bytes[start...].reduce(0) { $0 + (Self.reference(of: $1)?.utf8CodeUnitCount ?? 1) }
    }

    /// What stands for a byte that would be markup.
    private static func reference(of byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        default: nil
        }
    }

    // MARK: Taking back

    /// A place between two events.
    struct Mark {
        fileprivate var eventCount: Int
        fileprivate var contentCount: Int
        fileprivate(set) var byteCount: Int
    }

    var mark: Mark { Mark(eventCount: events.count, contentCount: bytes.count, byteCount: byteCount) }

    /// Forgets what was recorded after `mark`.
    mutating func rewind(to mark: Mark) {
        events.removeSubrange(mark.eventCount...)
        bytes.removeSubrange(mark.contentCount...)
        byteCount = mark.byteCount
    }

    // MARK: Reading

    /// Whether every element is closed, in the order in which they were opened.
    var isWellFormed: Bool {
        var open: [StorageTag] = []
        for event in events {
            switch event {
            case .open(let tag): open.append(tag)
            case .close(let tag): guard open.popLast() == tag else { return false }
            case .empty, .attribute, .text, .verbatim: continue
            }
        }
        return open.isEmpty
    }

    /// Feeds the tree as a parser would that reads ``storageFormat``.
    func send(to tree: inout StorageFormatTree) {
        let content = bytes.span
        var (index, offset) = (0, 0)
        while index < events.count {
            let event = events[index]
            index += 1
            switch event {
            case .open(let tag), .empty(let tag):
                let isKept = tree.open(tag.element)
                while index < events.count, case .attribute(let name, let count) = events[index] {
                    if isKept { tree.addAttribute(name, value: content, offset..<offset + count) }
                    offset += count
                    index += 1
                }
                if isKept { tree.finishOpening() }
                if case .empty = event { tree.close() }
            // Attributes are taken with their element.
            case .attribute(_, let count): offset += count
            case .text(let count), .verbatim(let count):
                tree.addText(content, offset..<offset + count)
                offset += count
            case .close: tree.close()
            }
        }
    }

    /// The same in storage format, well-formed where elements were closed in order.
    public var storageFormat: String {
        var output: [UInt8] = []
        output.reserveCapacity(byteCount)
        var (index, offset) = (0, 0)
        while index < events.count {
            let event = events[index]
            index += 1
            switch event {
            case .open(let tag), .empty(let tag):
                output += "<\(tag.rawValue)".utf8
                while index < events.count, case .attribute(let name, let count) = events[index] {
                    output += " \(name.spelling)=\"".utf8
                    escape(offset..<offset + count, to: &output)
                    output.append(UInt8(ascii: "\""))
                    offset += count
                    index += 1
                }
                if case .empty = event { output.append(UInt8(ascii: "/")) }
                output.append(UInt8(ascii: ">"))
            case .attribute(_, let count): offset += count
            case .text(let count):
                escape(offset..<offset + count, to: &output)
                offset += count
            case .verbatim(let count):
                CharacterData.write(bytes[offset..<offset + count], to: &output)
                offset += count
            case .close(let tag): output += "</\(tag.rawValue)>".utf8
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func escape(_ range: Range<Int>, to output: inout [UInt8]) {
        for byte in bytes[range] {
            if let reference = Self.reference(of: byte) {
                output += reference.description.utf8
            } else {
                output.append(byte)
            }
        }
    }
}

/// CDATA sections. One cannot hold its own end, so where that stands in the text another section begins.
private enum CharacterData {
    private static let start = Array("<![CDATA[".utf8)
    private static let end = Array("]]>".utf8)

    static func byteCount(of text: ArraySlice<UInt8>) -> Int {
        var count = text.count + start.count + end.count
        forEachEnd(in: text) { _ in count += start.count + end.count }
        return count
    }

    static func write(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output += start
        var rest = text.startIndex
        forEachEnd(in: text) { place in
            output += text[rest..<place]
            output += end + start
            rest = place
        }
        output += text[rest...]
        output += end
    }

    /// - Parameter body: gets where the `>` of each `]]>` stands.
    private static func forEachEnd(in text: ArraySlice<UInt8>, _ body: (Int) -> Void) {
        for place in text.indices.dropFirst(2)
        where text[place] == end[2] && text[place - 1] == end[1] && text[place - 2] == end[0] { body(place) }
    }
}
