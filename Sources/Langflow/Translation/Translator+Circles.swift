import Flow
import JSONValue

extension Translator {
    /// Components that lead one way or another: a circle without one would never end.
    private static let deciders: Set<String> = ["If", "Router", "Guardrail"]

    func decides(_ id: String) -> Bool { Self.deciders.contains(draft[id]?.type ?? "") }

    /// Marks the edges that lead back to where a circle begins, circles within circles included.
    mutating func findCircles() {
        var number = 0
        findCircles(among: draft.components.map(\.id), depth: 0, &number)
    }

    private mutating func findCircles(among members: [String], depth: Int, _ number: inout Int) {
        guard depth < Self.loopLimit else { return }
        for circle in Self.circles(members, draft.edges.filter { $0.circle == nil }) {
            let inside = Set(circle)
            guard circle.contains(where: decides), let start = start(of: circle, inside) else { continue }
            for place in backEdges(to: start, inside) { draft.edges[place].circle = number }
            number += 1
            findCircles(among: circle, depth: depth + 1, &number)
        }
    }

    /// Numbers of the edges that lead back to the beginning; with it to others, where what leads back goes to several.
    private func backEdges(to start: String, _ inside: Set<String>) -> [Int] {
        let open = draft.edges.indices.filter { place in
            let edge = draft.edges[place]
            return Self.counts(edge) && edge.circle == nil && inside.contains(edge.from.component)
                && inside.contains(edge.to.component)
        }
        func leavesCircle(_ back: [Int]) -> Bool {
            let rest = Set(open).subtracting(back).map { draft.edges[$0] }
            return !Self.circles(inside.sorted(), rest).isEmpty
        }
        let back = open.filter { draft.edges[$0].to.component == start }
        guard leavesCircle(back) else { return back }
        let ports = Set(back.map { draft.edges[$0].from })
        let more = open.filter { ports.contains(draft.edges[$0].from) || back.contains($0) }
        return leavesCircle(more) ? back : more
    }

    /// Where a circle begins: at an input, else where something comes in from outside beside what leads back, else
    /// where a field holds something for the first round; of several the leftmost on the canvas.
    private func start(of circle: [String], _ inside: Set<String>) -> String? {
        let places = Dictionary(
            export.nodes.map { ($0.id, $0.position.x) }, uniquingKeysWith: { first, _ in first })
        func key(_ id: String) -> (Int, Double)? {
            guard let made = draft[id], let rank = rank(made, inside) else { return nil }
            return (rank, places[made.origin] ?? 0)
        }
        let ranked = circle.compactMap { id in key(id).map { (id: id, key: $0) } }
        return ranked.min { $0.key < $1.key }?.id
    }

    /// `nil` where no circle can begin: it needs something at once for which no text can stand.
    private func rank(_ made: Draft.Component, _ inside: Set<String>) -> Int? {
        let edges = draft.edges.filter { $0.to.component == made.id && Self.counts($0) }
        let back = edges.filter { inside.contains($0.from.component) && $0.circle == nil }
        guard !back.isEmpty else { return nil }
        if made.role == .chatInput || made.role == .webhook { return 0 }
        var ranks: [Int] = []
        for edge in back {
            guard let input = made.ports.input(edge.to.port) else { return nil }
            if edges.contains(where: { $0.to == edge.to && !inside.contains($0.from.component) }) {
                ranks.append(1)
            } else if input.presence != .required || input.payload.isText {
                ranks.append(
                    holdsText(made, edge.to.port) ? 2 : rules[made.origin]?.special == .prompt ? 3 : 4)
            } else {
                return nil
            }
        }
        return ranks.max()
    }

    private func holdsText(_ made: Draft.Component, _ port: String) -> Bool {
        guard let node = export.nodes.first(where: { $0.id == made.origin }) else { return false }
        let names = rules[made.origin]?.inputs.first { $0.port == port }?.fields ?? [port]
        return names.contains { !(node.fields[$0]?.isEmpty ?? true) }
    }

    private static func counts(_ edge: Draft.Edge) -> Bool {
        !edge.isTool && !edge.isLoopBack && edge.from.component != FlowGraph.inputNode
    }

    /// Components that reach each other, by circle, each in the order of `members`.
    static func circles(_ members: [String], _ edges: [Draft.Edge]) -> [[String]] {
        var left = Set(members)
        var edges = edges.filter {
            counts($0) && left.contains($0.from.component) && left.contains($0.to.component)
        }
        // Most flows have none: what nothing leads to, or what leads nowhere, is in no circle.
        while true {
            let ends = Set(edges.map(\.to.component)).intersection(edges.map(\.from.component))
            guard ends.count < left.count else { break }
            left = ends
            edges.removeAll { !left.contains($0.from.component) || !left.contains($0.to.component) }
        }
        guard !left.isEmpty else { return [] }
        let readers = Dictionary(grouping: edges, by: \.from.component).mapValues { $0.map(\.to.component) }
        let makers = Dictionary(grouping: edges, by: \.to.component).mapValues { $0.map(\.from.component) }
        var circles: [[String]] = []
        for member in members where left.contains(member) {
            let circle = reached(from: member, by: readers, left).intersection(
                reached(from: member, by: makers, left))
            left.subtract(circle)
            left.remove(member)
            if !circle.isEmpty { circles.append(members.filter(circle.contains)) }
        }
        return circles
    }

    /// What is reached by one edge or more; the beginning only if an edge leads back to it.
    private static func reached(
        from start: String, by next: [String: [String]], _ allowed: Set<String>
    ) -> Set<String> {
        var seen: Set<String> = []
        var waiting = next[start] ?? []
        while let id = waiting.popLast() {
            guard allowed.contains(id), seen.insert(id).inserted else { continue }
            waiting += next[id] ?? []
        }
        return seen
    }
}
