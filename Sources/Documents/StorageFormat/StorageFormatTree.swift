/// The elements and text of one page in flat arrays: events go in, the block builder walks it.
///
/// ``open(_:)``, ``addAttribute(_:value:)``, ``finishOpening()``, ``addText(_:)`` and ``close()`` are the one seam
/// before it: ``StorageFormatScanner``, libxml2, ``ADFStorage`` and ``TreeEvents`` all feed it.
///
/// Nothing here is a `String`: text and attribute values are ranges of ``bytes``.
struct StorageFormatTree {
    /// One element or one run of text. A child list is `firstChild`, then each `nextSibling`; 0 ends it,
    /// as the root is nobody's child.
    struct Node {
        var element: StorageElement
        var macro: StorageMacro = .unknown
        /// Whether something below it ends a paragraph.
        var hasBlock = false
        var attributeCount: UInt16 = 0
        var firstChild: Int32 = 0
        var lastChild: Int32 = 0
        var nextSibling: Int32 = 0
        var parent: Int32
        /// Text: its first byte. Element: its first attribute.
        var start: Int32
        /// Text: the byte after its last.
        var end: Int32 = 0
    }

    struct Attribute {
        var name: StorageAttribute
        var start: Int32
        var end: Int32
    }

    private(set) var nodes: [Node] = [Node(element: .container, parent: 0, start: 0)]
    private(set) var attributes: [Attribute] = []
    private(set) var bytes: [UInt8] = []
    private(set) var isDepthCut = false
    private(set) var isElementCountCut = false

    private let maxDepth: Int
    private let maxElementCount: Int
    private var current: Int32 = 0
    private var depth = 0
    /// Open elements that were left out because they lie too deep or come too late.
    private var leftOut: [StorageElement] = []
    /// How many of them hold no text of the page.
    private var mutedDepth = 0
    private var elementCount = 0

    init(byteCount: Int = 0, maxDepth: Int = 0, maxElementCount: Int = 0) {
        self.maxDepth = maxDepth
        self.maxElementCount = maxElementCount
        bytes.reserveCapacity(byteCount)
        nodes.reserveCapacity(byteCount / 24)
    }

    /// - Returns: whether the element was kept, so that its attributes are wanted.
    mutating func open(_ element: StorageElement) -> Bool {
        guard leftOut.isEmpty, depth < maxDepth, elementCount < maxElementCount else {
            if depth >= maxDepth { isDepthCut = true } else if leftOut.isEmpty { isElementCountCut = true }
            partWords(element)
            leftOut.append(element)
            if element.isMuted { mutedDepth += 1 }
            return false
        }
        depth += 1
        elementCount += 1
        current = append(Node(element: element, parent: current, start: Int32(attributes.count)))
        return true
    }

    /// Says that the attributes of the element opened last are complete.
    mutating func finishOpening() {
        let index = Int(current)
        nodes[index].attributeCount = UInt16(attributes.count - Int(nodes[index].start))
        if isUnseen(current) { nodes[index].element = .hidden }
        switch nodes[index].element {
        case .macro:
            if let name = attribute(.name, of: current) {
                nodes[index].macro = StorageMacro.named(bytes[name])
            }
            if nodes[index].macro.isBlock { markBlock() }
        case .plainTextBody:
            switch nodes[Int(nodes[index].parent)].macro {
            case .mathInline, .status, .live, .anchor: break
            default: markBlock()
            }
        case let element:
            if element.isBlock { markBlock() }
        }
    }

    /// Whether an element's own style keeps it from being seen. White text may stand on a colour in tables and
    /// macros, whose colours are not known here.
    private func isUnseen(_ node: Int32) -> Bool {
        guard let range = attribute(.style, of: node) else { return false }
        let style = String(decoding: bytes[range], as: UTF8.self)
        if HiddenStyle.hides(style) { return true }
        guard HiddenStyle.isWhite(style) else { return false }
        var parent = nodes[Int(node)].parent
        while parent != 0 {
            switch nodes[Int(parent)].element {
            case .tableCell, .tableHeader, .macro: return false
            default: parent = nodes[Int(parent)].parent
            }
        }
        return true
    }

    /// To be called between ``open(_:)`` and ``finishOpening()``.
    mutating func addAttribute(_ name: StorageAttribute, value: some Collection<UInt8>) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: value)
        attributes.append(Attribute(name: name, start: start, end: Int32(bytes.count)))
    }

    mutating func addAttribute(_ name: StorageAttribute, value source: Span<UInt8>, _ range: Range<Int>) {
        beginAttribute(name)
        addToAttribute(source, range)
        endAttribute()
    }

    mutating func addAttribute(_ name: StorageAttribute, value: String) {
        beginAttribute(name)
        XMLCharacters.append(value, to: &bytes, .value)
        endAttribute()
    }

    /// Begins an attribute whose value comes in pieces.
    mutating func beginAttribute(_ name: StorageAttribute) {
        attributes.append(Attribute(name: name, start: Int32(bytes.count), end: 0))
    }

    mutating func addToAttribute(_ source: Span<UInt8>, _ range: Range<Int>) {
        source.extracting(range).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    mutating func addToAttribute(_ scalar: Unicode.Scalar) {
        bytes += UTF8.encode(scalar) ?? .init()
    }

    mutating func endAttribute() {
        attributes[attributes.count - 1].end = Int32(bytes.count)
    }

    mutating func close() {
        if let element = leftOut.popLast() {
            if element.isMuted { mutedDepth -= 1 }
            partWords(element)
            return
        }
        depth -= 1
        current = nodes[Int(current)].parent
    }

    /// Where an element that was left out begins or ends: what stood in two paragraphs is not one word.
    private mutating func partWords(_ element: StorageElement) {
        if element.isBlock || element == .lineBreak || element == .plainTextBody {
            addText(" " as Unicode.Scalar)
        }
    }

    mutating func addText(_ text: UnsafeBufferPointer<UInt8>) {
        if mutedDepth > 0 { return }
        let start = Int32(bytes.count)
        bytes.append(contentsOf: text)
        endText(from: start)
    }

    mutating func addText(_ source: Span<UInt8>, _ range: Range<Int>) {
        if range.isEmpty { return }
        source.extracting(range).withUnsafeBufferPointer { addText($0) }
    }

    mutating func addText(_ text: String) {
        if mutedDepth > 0 { return }
        let start = Int32(bytes.count)
        XMLCharacters.append(text, to: &bytes)
        if bytes.count > Int(start) { endText(from: start) }
    }

    mutating func addText(_ scalar: Unicode.Scalar) {
        if mutedDepth > 0 { return }
        let start = Int32(bytes.count)
        bytes += UTF8.encode(scalar) ?? .init()
        endText(from: start)
    }

    /// Makes text of the bytes from `start` on: the rest of the text right before them, or text of its own.
    private mutating func endText(from start: Int32) {
        let last = Int(nodes[Int(current)].lastChild)
        if last != 0, nodes[last].element == .text, nodes[last].end == start {
            nodes[last].end = Int32(bytes.count)
        } else {
            let index = append(Node(element: .text, parent: current, start: start))
            nodes[Int(index)].end = Int32(bytes.count)
        }
    }

    private mutating func append(_ node: Node) -> Int32 {
        let index = Int32(nodes.count)
        nodes.append(node)
        let parent = Int(node.parent)
        if nodes[parent].lastChild == 0 {
            nodes[parent].firstChild = index
        } else {
            nodes[Int(nodes[parent].lastChild)].nextSibling = index
        }
        nodes[parent].lastChild = index
        return index
    }

    /// Takes in all of another tree below the current element, within the limits of this one.
    mutating func graft(_ other: StorageFormatTree) {
        for child in other.children(of: 0) { graft(child, of: other) }
        isDepthCut = isDepthCut || other.isDepthCut
        isElementCountCut = isElementCountCut || other.isElementCountCut
    }

    /// No deeper than the other tree, which has a limit of its own.
    private mutating func graft(_ node: Int32, of other: StorageFormatTree) {
        let source = other.nodes[Int(node)]
        if source.element == .text {
            other.bytes[Int(source.start)..<Int(source.end)].withUnsafeBufferPointer { addText($0) }
            return
        }
        if open(source.element) {
            let first = Int(source.start)
            for attribute in other.attributes[first..<first + Int(source.attributeCount)] {
                addAttribute(attribute.name, value: other.bytes[Int(attribute.start)..<Int(attribute.end)])
            }
            finishOpening()
        }
        for child in other.children(of: node) { graft(child, of: other) }
        close()
    }

    /// Tells every element around the current one. One that knows has told those around it already.
    private mutating func markBlock() {
        var index = Int(nodes[Int(current)].parent)
        while !nodes[index].hasBlock {
            nodes[index].hasBlock = true
            if index == 0 { return }
            index = Int(nodes[index].parent)
        }
    }
}
