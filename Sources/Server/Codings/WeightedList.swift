import Foundation

/// What a client would rather have, as `Accept` and `Accept-Encoding` list it (RFC 9110, section 12.4.2).
struct WeightedList: Sendable, Hashable {
    struct Item: Sendable, Hashable {
        /// In lower case, without parameters.
        var name: String
        /// 0 for what is not wanted, up to 1.
        var weight: Double
    }

    let items: [Item]

    /// Items that are looked at; a longer list names nothing more that a server could choose.
    private static let limit = 64

    /// - Parameter fields: the header's values, in order. An item with a weight that is none is passed over.
    init(_ fields: [String]) {
        items = fields.joined(separator: ",").split(separator: ",").prefix(Self.limit).compactMap { written in
            let parts = written.split(separator: ";").map {
                $0.trimmingCharacters(in: .whitespaces).lowercased()
            }
            guard let name = parts.first, !name.isEmpty else { return nil }
            guard let q = parts.dropFirst().first(where: { $0.hasPrefix("q=") }) else {
                return Item(name: name, weight: 1)
            }
            guard let weight = Double(q.dropFirst(2)), (0...1).contains(weight) else { return nil }
            return Item(name: name, weight: weight)
        }
    }

    /// The weight of what one of these names says, by the first that is listed; `nil` when none is.
    func weight(of names: String...) -> Double? {
        for name in names {
            if let item = items.first(where: { $0.name == name }) { return item.weight }
        }
        return nil
    }
}
