import Flow
import JSONValue

/// A graph on its way: components and the edges between them, loops still closed.
struct Region {
    var members: [String]
    var edges: [Draft.Edge]
    /// What each of its inputs carries, where it is a body.
    var inputs: [String: PortPayload] = [:]
}

extension Translator {
    /// Loops within loops.
    static let loopLimit = 12

    /// The flow's graph, with what runs inside loops in their bodies.
    mutating func assemble() -> FlowGraph {
        let all = draft.components.map(\.id)
        guard !all.isEmpty else {
            if report.obstacles.isEmpty { block(.nothingToRun) }
            return FlowGraph(components: [], edges: [], outputs: [:])
        }
        let region = closed(Region(members: all, edges: draft.edges), depth: 0)
        let members = region.members.compactMap { draft[$0] }
        var outputs: [String: PortReference] = [:]
        for member in members where member.role?.isOutput ?? false {
            outputs[member.origin] = member.ports.outputs.first.map { PortReference(member.id, $0.name) }
        }
        if outputs.isEmpty {
            let taken = Set(region.edges.map(\.from.component))
            for member in members where !taken.contains(member.id) && !member.isSynthetic {
                outputs[member.origin] = member.ports.outputs.first.map { PortReference(member.id, $0.name) }
            }
        }
        return FlowGraph(
            components: nodes(region.members), edges: region.edges.map { .init(from: $0.from, to: $0.to) },
            outputs: outputs)
    }

    func nodes(_ ids: [String]) -> [FlowGraph.Node] {
        var places = Dictionary(
            export.nodes.map { ($0.id, $0.position) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { draft[$0] }.map { made in
            // Of several that one of theirs became, the first lies where theirs lay.
            let place = made.isSynthetic ? nil : places.removeValue(forKey: made.origin)
            return FlowGraph.Node(
                id: made.id, type: made.type, title: made.title,
                position: place.map { CanvasPosition(nearX: $0.x, y: $0.y) }, parameters: made.parameters,
                bodies: made.bodies)
        }
    }

    /// Puts the insides of the region's loops into their bodies.
    mutating func closed(_ region: Region, depth: Int) -> Region {
        var region = region
        let loops = region.members.filter {
            // In a circle's body they are closed already.
            draft[$0]?.type == "Loop" && draft[$0]?.bodies["each"] == nil
        }
        if !loops.isEmpty {
            let insides = Dictionary(
                loops.map { ($0, inside(of: $0, region)) }, uniquingKeysWith: { first, _ in first })
            let outer = loops.filter { loop in
                !insides.contains { $0.key != loop && $0.value.contains(loop) }
            }
            for loop in outer {
                guard depth < Self.loopLimit else {
                    block(.loopsTooDeep(node: draft[loop]?.origin ?? loop, limit: Self.loopLimit))
                    break
                }
                close(loop, insides[loop] ?? [], &region, depth: depth)
            }
        }
        closeCircles(&region, depth: depth)
        checkCycles(region)
        return region
    }

    /// What a loop's item reaches without going through the loop.
    private func inside(of loop: String, _ region: Region) -> Set<String> {
        let readers = Dictionary(grouping: region.edges, by: \.from.component)
        var waiting = region.edges.filter { $0.from == PortReference(loop, "item") }.map(\.to.component)
        var seen: Set<String> = []
        while let next = waiting.popLast() {
            guard next != loop, seen.insert(next).inserted else { continue }
            waiting += (readers[next] ?? []).map(\.to.component)
        }
        return seen
    }

    private mutating func close(_ loop: String, _ inner: Set<String>, _ region: inout Region, depth: Int) {
        let origin = draft[loop]?.origin ?? loop
        guard let back = region.edges.first(where: { $0.isLoopBack && $0.to.component == loop }) else {
            block(.openLoop(node: origin))
            return
        }
        let results = region.edges.filter {
            $0.from.component == loop && $0.from.port != "item" && inner.contains($0.to.component)
        }
        if let first = results.first {
            block(.leavesLoop(loop: origin, node: draft[first.to.component]?.origin ?? first.to.component))
            return
        }
        // What the inside needs from outside comes in with it.
        let outside = needed(by: inner, of: region, loop)
        guard !outside.contains(loop) else {
            block(.leavesLoop(loop: origin, node: origin))
            return
        }
        let members = region.members.filter { inner.contains($0) || outside.contains($0) }
        let within = Set(members)
        var edges = region.edges.filter {
            within.contains($0.to.component)
                && (within.contains($0.from.component) || $0.from == PortReference(loop, "item"))
        }
        for place in edges.indices where edges[place].from.component == loop {
            edges[place].from = PortReference(FlowGraph.inputNode, "item")
        }
        let isDirect = back.from.component == loop
        let result = draft.freeID("\(loop)-result")
        draft.add(
            Draft.Component(
                id: result, type: "DataOutput", ports: ComponentPorts.known["DataOutput"] ?? ComponentPorts(),
                origin: origin, isSynthetic: true))
        edges.append(
            Draft.Edge(
                from: isDirect ? PortReference(FlowGraph.inputNode, "item") : back.from,
                to: PortReference(result, "value"), origin: back.origin))
        let body = closed(
            Region(members: members + [result], edges: edges, inputs: ["item": .data]), depth: depth + 1)
        inLoops.formUnion(inner)
        tellInside(inner, loop: origin)
        let graph = FlowGraph(
            inputs: [.init(name: "item", type: PortPayload.data.rawValue)], components: nodes(body.members),
            edges: body.edges.map { .init(from: $0.from, to: $0.to) },
            outputs: ["result": PortReference(result, "value")])
        draft.change(loop) { $0.bodies["each"] = .graph(graph) }
        takeOut(inner, outside, of: &region, loop)
    }

    /// Everything outside that the inside rests on.
    func needed(by inner: Set<String>, of region: Region, _ loop: String) -> Set<String> {
        let makers = Dictionary(grouping: region.edges, by: \.to.component)
        var waiting = inner.flatMap { makers[$0] ?? [] }
            .filter { $0.from != PortReference(loop, "item") }.map(\.from.component)
        var seen: Set<String> = []
        while let next = waiting.popLast() {
            guard !inner.contains(next), seen.insert(next).inserted else { continue }
            waiting += (makers[next] ?? []).filter { !$0.isLoopBack }.map(\.from.component)
        }
        return seen
    }

    /// Takes the inside out of the region, with what only the inside needed.
    private mutating func takeOut(
        _ inner: Set<String>, _ outside: Set<String>, of region: inout Region, _ loop: String
    ) {
        var gone = inner
        let readers = Dictionary(grouping: region.edges, by: \.from.component)
        var isChanged = true
        while isChanged {
            isChanged = false
            for id in outside where !gone.contains(id) && !(draft[id]?.role?.isOutput ?? false) {
                if (readers[id] ?? []).allSatisfy({ gone.contains($0.to.component) }) {
                    gone.insert(id)
                    isChanged = true
                }
            }
        }
        inLoops.formUnion(gone)
        for id in outside.sorted() where Self.isCostly(draft[id]?.type ?? "") {
            guard let made = draft[id],
                !region.edges.contains(where: { $0.isTool && $0.from.component == id })
            else {
                continue
            }
            approximate(made.origin, "It is inside the loop “\(loop)” here, and runs for each of its items.")
        }
        region.members.removeAll { gone.contains($0) }
        region.edges.removeAll {
            gone.contains($0.from.component) || gone.contains($0.to.component)
                || $0.isLoopBack
                    && $0.to.component == loop
                || $0.from == PortReference(loop, "item")
        }
    }

    private static func isCostly(_ type: String) -> Bool {
        ["Agent", "LanguageModel", "StructuredOutput", "BatchRun", "HTTPRequest", "FetchURL", "WebSearch"]
            .contains(type)
    }

    private mutating func tellInside(_ inner: Set<String>, loop: String) {
        for id in inner {
            guard let made = draft[id], made.role?.isOutput ?? false else { continue }
            approximate(made.origin, "It is inside the loop “\(loop)”, so it is no output of the flow.")
        }
    }

    /// Tells what waits for each other in a circle (Kahn's algorithm, then what merely hangs behind it is dropped).
    private mutating func checkCycles(_ region: Region) {
        let edges = region.edges.filter {
            !$0.isTool && !$0.isLoopBack && $0.from.component != FlowGraph.inputNode
        }
        var left = Set(region.members)
        var isChanged = true
        while isChanged, !left.isEmpty {
            let inside = edges.filter { left.contains($0.from.component) && left.contains($0.to.component) }
            let taking = Set(inside.map(\.to.component))
            let giving = Set(inside.map(\.from.component))
            let kept = left.filter { taking.contains($0) && giving.contains($0) }
            isChanged = kept.count < left.count
            left = kept
        }
        guard !left.isEmpty else { return }
        let origins = region.members.filter { left.contains($0) }.compactMap { draft[$0]?.origin }
        block(.cycle(origins))
    }
}
