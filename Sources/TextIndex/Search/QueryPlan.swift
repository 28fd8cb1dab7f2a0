import Foundation
import VectorIndex

/// A term of a query: where it is in each segment, and what it is worth.
struct PlannedTerm: Sendable {
    /// One a view; `nil` where no document has it.
    var entries: [TermEntry?]
    /// The most it can score: weight · idf · (k1 + 1).
    var strength: Double
}

/// A query against one snapshot: checked, looked up, weighed.
///
/// Scores are counted in whole units, ``unit`` a point. So they are sums of whole numbers, which come out the
/// same in whatever order a search adds them, and equal scores are equal. The unit is chosen so that the
/// largest possible score is just below 2³⁰: finer than float32.
struct QueryPlan: Sendable {
    struct Group: Sendable {
        var terms: [PlannedTerm]
        var isRequired: Bool
        /// The greatest strength of its terms.
        var strength: Double { terms.reduce(0) { max($0, $1.strength) } }
    }

    struct Phrase: Sendable {
        var terms: [PlannedTerm]
        var offsets: [UInt32]
        var slop: Int
    }

    let snapshot: IndexSnapshot
    let groups: [Group]
    let phrases: [Phrase]
    let excluded: [PlannedTerm]
    let minimumMatch: Int
    let proximity: TextQuery.Proximity?
    /// Units a point; a power of two.
    let unit: Double
    /// Whether nothing can match.
    let isEmpty: Bool

    /// - Throws: for a query that is not acceptable, or a dictionary that is damaged.
    init(_ query: TextQuery, _ snapshot: IndexSnapshot) throws(TextIndexError) {
        try query.check()
        self.snapshot = snapshot
        let hasGroups = !query.groups.isEmpty
        minimumMatch = !hasGroups && query.minimumMatch <= 1 ? 0 : max(query.minimumMatch, 1)
        proximity = query.proximity
        guard !query.groups.isEmpty || query.phrases.contains(where: { !$0.terms.isEmpty }),
            snapshot.count > 0,
            minimumMatch <= query.groups.count
        else {
            (groups, phrases, excluded, unit, isEmpty) = ([], [], [], 1, true)
            return
        }
        let lookup = TermLookup(snapshot)
        var groups: [Group] = []
        for group in query.groups {
            groups.append(Group(terms: try lookup.terms(of: group), isRequired: group.isRequired))
        }
        var phrases: [Phrase] = []
        for phrase in query.phrases where !phrase.terms.isEmpty {
            var terms: [PlannedTerm] = []
            for occurrence in phrase.terms {
                terms.append(try lookup.term(TermKey.text(occurrence.term), weight: 1))
            }
            phrases.append(Phrase(terms: terms, offsets: phrase.terms.map(\.position), slop: phrase.slop))
        }
        var excluded: [PlannedTerm] = []
        for term in query.excluded { excluded.append(try lookup.term(TermKey.text(term), weight: 1)) }
        let most = groups.reduce(0) { $0 + $1.strength }
        unit = most > 0 ? exp2((30 - 0.01 - log2(most)).rounded(.down)) : 1
        (self.groups, self.phrases, self.excluded) = (groups, phrases, excluded)
        isEmpty = false
    }
}

/// Finds the terms of a query in the dictionaries of a snapshot.
struct TermLookup {
    private let snapshot: IndexSnapshot

    init(_ snapshot: IndexSnapshot) {
        self.snapshot = snapshot
    }

    /// A key's term.
    func term(_ key: [UInt8], weight: Double) throws(TextIndexError) -> PlannedTerm {
        var entries: [TermEntry?] = []
        for view in snapshot.views { entries.append(try view.segment.entry(of: key)) }
        let count = try liveCount(entries)
        return PlannedTerm(entries: entries, strength: strength(weight: weight, count: count))
    }

    /// In how many of the documents that are there a term stands.
    func liveCount(_ entries: [TermEntry?]) throws(TextIndexError) -> Int {
        var count = 0
        for (view, entry) in zip(snapshot.views, entries) {
            if let entry { count += try view.liveCount(of: entry) }
        }
        return count
    }

    /// The most that a term can score which `count` documents have.
    func strength(weight: Double, count: Int) -> Double {
        let (all, having) = (Double(snapshot.count), Double(count))
        let idf = log(1 + (all - having + 0.5) / (having + 0.5))
        return weight * idf * (snapshot.scoring.k1 + 1)
    }

    /// The terms of a group that some document has, each once, with the greatest weight that it has in any
    /// way.
    func terms(of group: TextQuery.Group) throws(TextIndexError) -> [PlannedTerm] {
        var keys: [[UInt8]] = []
        var terms: [PlannedTerm] = []
        func take(_ key: [UInt8], _ term: PlannedTerm) {
            guard term.entries.contains(where: { $0 != nil }) else { return }
            if let known = keys.firstIndex(of: key) {
                terms[known].strength = max(terms[known].strength, term.strength)
            } else {
                keys.append(key)
                terms.append(term)
            }
        }
        for variant in group.variants {
            let key = TermKey.text(variant.term)
            take(key, try term(key, weight: variant.weight))
        }
        if let prefix = group.prefix {
            for (key, term) in try expansions(of: prefix) { take(key, term) }
        }
        return terms
    }

    /// The commonest terms with a beginning; see ``TextQuery/Prefix``.
    private func expansions(
        of prefix: TextQuery.Prefix
    ) throws(TextIndexError) -> [(key: [UInt8], term: PlannedTerm)] {
        let start = TermKey.text(prefix.text)
        var entries: [[UInt8]: [TermEntry?]] = [:]
        let none = [TermEntry?](repeating: nil, count: snapshot.views.count)
        for (number, view) in snapshot.views.enumerated() {
            try view.segment.forEachEntry(beginningWith: start) { key, entry in
                entries[key, default: none][number] = entry
            }
        }
        // A term is in no more documents than its postings say, deletions or not; so the true count is asked
        // for only as long as a term could still be among the commonest.
        let candidates = entries.map { key, entries in
            (key: key, entries: entries, most: entries.reduce(0) { $0 + ($1?.documentCount ?? 0) })
        }.sorted { $0.most != $1.most ? $0.most > $1.most : $0.key.lexicographicallyPrecedes($1.key) }
        var chosen: [(key: [UInt8], entries: [TermEntry?], count: Int)] = []
        for candidate in candidates {
            if chosen.count == prefix.limit, let last = chosen.last, last.count > candidate.most { break }
            let count = try liveCount(candidate.entries)
            guard count > 0 else { continue }
            let place =
                chosen.firstIndex {
                    $0.count != count
                        ? $0.count < count : candidate.key.lexicographicallyPrecedes($0.key)
                } ?? chosen.count
            chosen.insert((candidate.key, candidate.entries, count), at: place)
            if chosen.count > prefix.limit { chosen.removeLast() }
        }
        let together = min(chosen.reduce(0) { $0 + $1.count }, snapshot.count)
        let strength = strength(weight: prefix.weight, count: together)
        return chosen.map { ($0.key, PlannedTerm(entries: $0.entries, strength: strength)) }
    }
}
