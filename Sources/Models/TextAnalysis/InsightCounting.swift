/// Counts what a text names, differences of case and white space aside.
struct InsightCounting<Label: Hashable> {
    /// Something that was named.
    struct Item {
        var text: String
        var label: Label
        var count: Int
    }

    private struct Key: Hashable {
        var text: String
        var label: Label
    }

    /// In the order in which they were first named.
    private(set) var items: [Item] = []
    private var places: [Key: Int] = [:]

    mutating func add(_ text: String, _ label: Label) {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !line.isEmpty else { return }
        let key = Key(text: line.lowercased(), label: label)
        if let place = places[key] {
            items[place].count += 1
        } else {
            places[key] = items.count
            items.append(Item(text: line, label: label, count: 1))
        }
    }

    /// The most frequent, earlier ones first among equals, in the order in which they were first named.
    func top(_ count: Int) -> [Item] {
        guard items.count > count else { return items }
        return items.enumerated().sorted { (-$0.element.count, $0.offset) < (-$1.element.count, $1.offset) }
            .prefix(count).sorted { $0.offset < $1.offset }.map(\.element)
    }
}
