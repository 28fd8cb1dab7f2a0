import Foundation

/// What nearness adds to the score of documents; see ``TextQuery/Proximity``.
struct Nearness {
    private let plan: QueryPlan
    /// Weight and strength of each pair of neighbouring groups.
    private let pairs: [Double]

    init(_ plan: QueryPlan) throws(TextIndexError) {
        self.plan = plan
        let weight = plan.proximity?.weight ?? 0
        pairs = zip(plan.groups, plan.groups.dropFirst()).map { weight * min($0.strength, $1.strength) }
    }

    /// - Complexity: of each term that the document has, one block of postings and one of positions.
    mutating func bonus(for id: UInt64) throws(TextIndexError) -> Double {
        guard !pairs.isEmpty, let (number, document) = plan.snapshot.place(of: id) else { return 0 }
        let segment = plan.snapshot.views[number].segment
        var places: [[[UInt32]]] = []
        for group in plan.groups { places.append(try positions(group, number, document, segment)) }
        var bonus = 0.0
        for (pair, strength) in pairs.enumerated() {
            var nearness = 0.0
            for field in 0..<segment.header.fieldCount {
                nearness += Self.nearness(places[pair][field], places[pair + 1][field])
            }
            bonus += strength * nearness / (plan.snapshot.scoring.k1 + nearness)
        }
        return bonus
    }

    /// Of each field, where any term of a group stands, ascending.
    private func positions(
        _ group: QueryPlan.Group, _ number: Int, _ document: UInt32, _ segment: Segment
    ) throws(TextIndexError) -> [[UInt32]] {
        var all = [Set<UInt32>](repeating: [], count: segment.header.fieldCount)
        for term in group.terms {
            guard let entry = term.entries[number] else { continue }
            let reader = try PostingReader(segment, entry)
            guard let place = reader.find(document) else { continue }
            for (field, found) in try PositionReader(reader).positions(place).enumerated() {
                all[field].formUnion(found)
            }
            if let damage = reader.damage { throw damage }
        }
        return all.map { $0.sorted() }
    }

    /// The sum of 1/d² over `left`, with d the distance to the nearest of `right`, at least 1.
    static func nearness(_ left: [UInt32], _ right: [UInt32]) -> Double {
        guard !right.isEmpty else { return 0 }
        var (sum, next) = (0.0, 0)
        for position in left {
            while next + 1 < right.count, right[next + 1] <= position { next += 1 }
            var distance = abs(Int(position) - Int(right[next]))
            if next + 1 < right.count { distance = min(distance, Int(right[next + 1]) - Int(position)) }
            let d = Double(max(distance, 1))
            sum += 1 / (d * d)
        }
        return sum
    }
}
