import VectorIndex

extension IndexSnapshot {
    /// See ``TextStore/search(_:limit:filter:)``.
    func search(
        _ query: TextQuery, limit: Int, filter: IDBitmap?
    ) throws(TextIndexError) -> [TextMatch] {
        try TextScoring.check("limit", Double(limit), TextQuery.resultLimits)
        let plan = try QueryPlan(query, self)
        if plan.isEmpty { return [] }
        let depth = max(limit, plan.proximity?.depth ?? 0)
        var top = TopMatches(limit: depth, least: plan.groups.isEmpty ? 0 : 1)
        let filter = filter.map { FilterIDs($0) }
        try pool.withMemory { memory throws(TextIndexError) in
            for view in views.indices {
                try SegmentWalk(plan, view: view, filter: filter, memory: memory).run(into: &top)
            }
        }
        var matches = top.sorted().map { TextMatch(id: $0.id, score: Double($0.score) / plan.unit) }
        if plan.proximity != nil {
            let bonuses = try Nearness(plan).bonuses(for: matches.map(\.id))
            matches = zip(matches, bonuses).map { TextMatch(id: $0.id, score: $0.score + $1) }
            matches.sort { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        }
        return Array(matches.prefix(limit))
    }

    /// See ``TextStore/matchCount(_:filter:)``.
    func matchCount(_ query: TextQuery, filter: IDBitmap?) throws(TextIndexError) -> Int {
        let plan = try QueryPlan(query, self)
        if plan.isEmpty { return 0 }
        let filter = filter.map { FilterIDs($0) }
        return try pool.withMemory { memory throws(TextIndexError) in
            var count = 0
            for view in views.indices {
                count += try MatchingDocuments(plan, view: view, filter: filter, memory: memory).count
            }
            return count
        }
    }

    /// See ``TextStore/facets(_:field:filter:)``.
    func facets(
        _ query: TextQuery, field: String, filter: IDBitmap?
    ) throws(TextIndexError) -> [FacetCount] {
        let plan = try QueryPlan(query, self)
        guard !plan.isEmpty, field.utf8.count <= TextFacet.fieldByteLimit else { return [] }
        let filter = filter.map { FilterIDs($0) }
        let prefix = TermKey.facets(of: field)
        var counts: [[UInt8]: Int] = [:]
        for (number, view) in views.enumerated() {
            let matching = try pool.withMemory { memory throws(TextIndexError) in
                try MatchingDocuments(plan, view: number, filter: filter, memory: memory)
            }
            if matching.count == 0 { continue }
            try view.segment.forEachEntry(beginningWith: prefix) { key, entry throws(TextIndexError) in
                let count = try matching.count(of: entry, in: view.segment)
                if count > 0 { counts[Array(key.dropFirst(prefix.count)), default: 0] += count }
            }
        }
        return counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
        }
        .map { FacetCount(value: String(decoding: $0.key, as: UTF8.self), count: $0.value) }
    }

    /// See ``TextStore/documentFrequency(of:)``.
    func documentFrequency(of term: String) throws(TextIndexError) -> Int {
        try TextQuery.check(term)
        var count = 0
        for view in views {
            if let entry = try view.segment.entry(of: TermKey.text(term)) {
                count += try view.liveCount(of: entry)
            }
        }
        return count
    }
}
