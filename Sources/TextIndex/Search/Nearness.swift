import Foundation

/// What nearness adds to the score of documents; see ``TextQuery/Proximity``.
struct Nearness {
    private let plan: QueryPlan
    /// Weight and strength of each pair of neighbouring groups.
    private let pairs: [Double]

    init(_ plan: QueryPlan) {
        self.plan = plan
        let weight = plan.proximity?.weight ?? 0
        pairs = zip(plan.groups, plan.groups.dropFirst()).map { weight * min($0.strength, $1.strength) }
    }

    /// What each document gets, in the order given; 0 for one that is not there.
    ///
    /// - Complexity: of each term that a document has, one block of postings and one of positions, and these only once
    ///   for documents that share them.
    func bonuses(for ids: [UInt64]) throws(TextIndexError) -> [Double] {
        var bonuses = [Double](repeating: 0, count: ids.count)
        guard !pairs.isEmpty else { return bonuses }
        var places: [Int: [Place]] = [:]
        for (rank, id) in ids.enumerated() {
            guard let (number, document) = plan.snapshot.place(of: id) else { continue }
            places[number, default: []].append(Place(document: document, rank: rank))
        }
        for (number, documents) in places {
            let documents = documents.sorted { $0.document < $1.document }
            let segment = plan.snapshot.views[number].segment
            var groups: [[Positions]] = []
            for group in plan.groups { groups.append(try positions(group, number, documents, segment)) }
            for (offset, place) in documents.enumerated() {
                bonuses[place.rank] = bonus(groups.map { $0[offset] })
            }
        }
        return bonuses
    }

    /// A document of a segment, and which of those asked for it is.
    private struct Place {
        var document: UInt32
        var rank: Int
    }

    /// Of each field, where any term of a group stands, ascending; empty where the document has none of them.
    private typealias Positions = [[UInt32]]

    private func bonus(_ groups: [Positions]) -> Double {
        var bonus = 0.0
        for (pair, strength) in pairs.enumerated() {
            let (left, right) = (groups[pair], groups[pair + 1])
            guard !left.isEmpty, !right.isEmpty else { continue }
            let nearness = zip(left, right).reduce(0) { $0 + Self.nearness($1.0, $1.1) }
            bonus += strength * nearness / (plan.snapshot.scoring.k1 + nearness)
        }
        return bonus
    }

    /// - Parameter documents: ascending.
    /// - Returns: one a document.
    private func positions(
        _ group: QueryPlan.Group, _ number: Int, _ documents: [Place], _ segment: Segment
    ) throws(TextIndexError) -> [Positions] {
        var all = [Positions](repeating: [], count: documents.count)
        for term in group.terms {
            guard let entry = term.entries[number] else { continue }
            let reader = try PostingReader(segment, entry)
            let positions = try PositionReader(reader)
            for (offset, place) in documents.enumerated() {
                guard let posting = reader.find(place.document) else { continue }
                let found = try positions.positions(posting)
                all[offset] = all[offset].isEmpty ? found : zip(all[offset], found).map(Self.merged)
            }
            if let damage = reader.damage { throw damage }
        }
        return all
    }

    /// Two ascending lists as one, each number once.
    private static func merged(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        left.isEmpty ? right : right.isEmpty ? left : Set(left + right).sorted()
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
