extension ParsedPage {
    /// The first excerpt of that name, or the first without one for the empty name.
    ///
    /// A page with one named excerpt gives it to those who do not say which, as Confluence does.
    package func excerpt(named name: String) -> [Block] {
        var found: [(name: String, blocks: [Block])] = []
        (blocks + sentenceExcerpts).forEachBlock { block in
            if case .excerpt(let name, let blocks) = block { found.append((name, blocks)) }
        }
        if let match = found.first(where: { $0.name == name }) { return match.blocks }
        return name.isEmpty ? found.first?.blocks ?? [] : []
    }
}
