import CVectorKernels
import VectorIndex

extension IndexSnapshot {
    /// See ``TextStore/explain(_:id:)``.
    func explain(_ query: TextQuery, id: UInt64) throws(TextIndexError) -> TextExplanation? {
        guard let (number, document) = place(of: id) else { return nil }
        let plan = try QueryPlan(query, self)
        if plan.isEmpty { return TextExplanation(isMatch: false, groups: [], phrases: [], proximity: 0) }
        let segment = views[number].segment
        var scorer = scorer(for: segment)
        var groups: [Double] = []
        for group in plan.groups {
            var best: Int32 = 0
            for term in group.terms {
                guard let entry = term.entries[number] else { continue }
                let reader = try PostingReader(segment, entry)
                guard let place = reader.find(document) else { continue }
                let x = mk_posting_weight(&scorer, document, reader.pattern(place))
                best = max(best, mk_score(x, Float(scoring.k1), Float(term.strength * plan.unit)))
            }
            groups.append(Double(best) / plan.unit)
        }
        var phrases: [Bool] = []
        for phrase in plan.phrases {
            let hasAll = phrase.terms.allSatisfy { $0.entries[number] != nil }
            phrases.append(
                hasAll ? try PhraseMatcher(phrase, segment, number).matches(document) : false)
        }
        let count = try pool.withMemory { memory throws(TextIndexError) in
            try MatchingDocuments(
                plan, view: number, filter: FilterIDs(IDBitmap([id])), memory: memory
            ).count
        }
        return TextExplanation(
            isMatch: count == 1, groups: groups, phrases: phrases,
            proximity: try Nearness(plan).bonuses(for: [id])[0])
    }
}
