/// Running text on its way into the block tree: on one line, without what XML forbids.
struct InlineMarkup {
    private(set) var markup = TreeEvents()
    /// Whether there is anything but white space.
    private(set) var hasText = false

    init() {}

    init(_ text: some StringProtocol) {
        add(text)
    }

    var isEmpty: Bool { markup.isEmpty }

    mutating func add(_ text: some StringProtocol) {
        markup.addText(text, .line)
        if !hasText { hasText = text.unicodeScalars.contains { Self.isText($0) } }
    }

    /// Text that is struck out.
    mutating func addStruck(_ text: some StringProtocol) {
        markup.open(.del)
        add(text)
        markup.close(.del)
    }

    mutating func add(_ other: InlineMarkup) {
        markup.append(other.markup)
        hasText = hasText || other.hasText
    }

    mutating func addLineBreak() {
        markup.addEmpty(.br)
    }

    mutating func openLink(_ target: String) {
        markup.open(.a, [.href: target])
    }

    mutating func closeLink() {
        markup.close(.a)
    }

    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        let isForbidden = scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
        return !isForbidden && !scalar.properties.isWhitespace
    }
}
