import Foundation

/// What nearness adds to the score of documents; see ``TextQuery/Proximity``.
package struct Nearness {
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
            let fieldCount = segment.header.fieldCount
            var groups: [PositionLists] = []
            for group in plan.groups { groups.append(try positions(group, number, documents, segment)) }
            for (offset, place) in documents.enumerated() {
                bonuses[place.rank] = bonus(groups, offset * fieldCount..<(offset + 1) * fieldCount)
            }
        }
        return bonuses
    }

    /// A document of a segment, and which of those asked for it is.
    private struct Place {
        var document: UInt32
        var rank: Int
    }

    /// - Parameter lists: those of a document's fields, which are empty where it has none of a group's terms.
    private func bonus(_ groups: [PositionLists], _ lists: Range<Int>) -> Double {
        var bonus = 0.0
        for (pair, strength) in pairs.enumerated() {
            let (left, right) = (groups[pair], groups[pair + 1])
            guard !left.isEmpty(lists), !right.isEmpty(lists) else { continue }
            let nearness = lists.reduce(0) { sum, list in
                sum
                    + Self.nearness(
                        left.numbers.span.extracting(left.range(list)),
                        right.numbers.span.extracting(right.range(list)))
            }
            bonus += strength * nearness / (plan.snapshot.scoring.k1 + nearness)
        }
        return bonus
    }

    /// Where any term of a group stands: of each document a list a field.
    ///
    /// - Parameter documents: ascending.
    private func positions(
        _ group: QueryPlan.Group, _ number: Int, _ documents: [Place], _ segment: Segment
    ) throws(TextIndexError) -> PositionLists {
        var all: PositionLists?
        for term in group.terms {
            guard let entry = term.entries[number] else { continue }
            let found = try positions(entry, documents, segment)
            all = all.map { $0.merged(with: found) } ?? found
        }
        guard let all else {
            var none = PositionLists()
            none.appendEmpty(count: documents.count * segment.header.fieldCount)
            return none
        }
        return all
    }

    /// The same of one term.
    private func positions(
        _ entry: TermEntry, _ documents: [Place], _ segment: Segment
    ) throws(TextIndexError) -> PositionLists {
        let reader = try PostingReader(segment, entry)
        let positions = try PositionReader(reader)
        var found = PositionLists()
        for place in documents {
            if let posting = reader.find(place.document) {
                try positions.append(posting, to: &found)
            } else {
                found.appendEmpty(count: segment.header.fieldCount)
            }
        }
        if let damage = reader.damage { throw damage }
        return found
    }

    /// The sum of 1/d² over `left`, with d the distance to the nearest of `right`, at least 1.
    package static func nearness(_ left: Span<UInt32>, _ right: Span<UInt32>) -> Double {
        guard !right.isEmpty else { return 0 }
        var (sum, next) = (0.0, 0)
        for place in left.indices {
            let position = left[place]
            while next + 1 < right.count, right[next + 1] <= position { next += 1 }
            var distance = abs(Int(position) - Int(right[next]))
            if next + 1 < right.count { distance = min(distance, Int(right[next + 1]) - Int(position)) }
            let d = Double(max(distance, 1))
            sum += 1 / (d * d)
        }
        return sum
    }
}

extension PositionLists {
    /// Whether none of some lists holds anything.
    fileprivate func isEmpty(_ lists: Range<Int>) -> Bool {
        lists.isEmpty || range(lists.lowerBound).lowerBound == range(lists.upperBound - 1).upperBound
    }

    /// As many lists, each with what stands in either.
    fileprivate func merged(with other: PositionLists) -> PositionLists {
        var merged = PositionLists()
        for list in ends.indices {
            merged.append(numbers[range(list)], other.numbers[other.range(list)])
        }
        return merged
    }
}
