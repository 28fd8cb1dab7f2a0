import Flow

/// Places nodes in columns: each right of everything that it takes from.
enum CanvasLayout {
    private static let columnWidth = 420.0
    private static let rowHeight = 340.0

    /// - Parameter fixed: nodes that have their place; new ones are put below them.
    static func positions(
        _ canvas: Canvas, fixed: [String: LangflowNode.Position]
    ) -> [String: LangflowNode.Position] {
        let ids = canvas.components.map(\.id)
        var column = Dictionary(ids.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        let edges = canvas.edges.filter { !$0.isLoopBack && $0.from.component != $0.to.component }
        // As often as there are columns at most; a circle ends by the bound.
        for _ in 0..<min(ids.count, 200) {
            var isChanged = false
            for edge in edges {
                guard let from = column[edge.from.component], let to = column[edge.to.component], to <= from
                else {
                    continue
                }
                column[edge.to.component] = from + 1
                isChanged = true
            }
            if !isChanged { break }
        }
        let left = fixed.values.map(\.x).min() ?? 0
        let below = fixed.values.map(\.y).max().map { $0 + 2 * rowHeight } ?? 0
        var rows: [Int: Int] = [:]
        var places = fixed
        for id in ids where fixed[id] == nil {
            let place = column[id] ?? 0
            let row = rows[place, default: 0]
            rows[place] = row + 1
            places[id] = LangflowNode.Position(
                x: left + Double(place) * columnWidth, y: below + Double(row) * rowHeight)
        }
        return places
    }
}
