/// How many ids there were, and a few of them.
struct IDSample: Sendable {
    private(set) var count = 0
    private(set) var first: [String] = []

    var isEmpty: Bool { count == 0 }

    mutating func insert(_ id: String) {
        guard !first.contains(id) else { return }
        count += 1
        if first.count < 5 { first.append(id) }
    }

    /// For a message: `ids 1, 2, 3, …`.
    var text: String {
        "ids " + first.sorted().joined(separator: ", ") + (count > first.count ? ", …" : "")
    }
}
