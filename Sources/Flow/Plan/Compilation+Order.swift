extension Compilation {
    /// Shares each stream among its readers.
    mutating func shareStreams(_ draft: inout GraphDraft) {
        var readers: [Int: [(node: Int, input: Int, place: Int)]] = [:]
        var sources: [Int: Source] = [:]
        for index in draft.nodes.indices where !draft.toolNodes.contains(index) {
            for (input, list) in draft.nodes[index].sources.enumerated() {
                for (place, source) in list.enumerated() where source.type is any StreamPayload.Type {
                    readers[source.slot, default: []].append((index, input, place))
                    sources[source.slot] = source
                }
            }
        }
        for (slot, ends) in readers.sorted(by: { $0.key < $1.key }) where ends.count > 1 {
            guard let source = sources[slot] else { continue }
            var tee = NodeDraft(
                id: "share \(slot)", path: "share", type: StreamShare.type,
                component: StreamShare(count: ends.count),
                declaration: StreamShare.declaration(source.type, count: ends.count))
            tee.isSynthetic = true
            tee.sources = [[source]]
            let index = draft.append(tee, values: [])
            let base = draft.nodes[index].outputBase
            for (offset, end) in ends.enumerated() {
                draft.nodes[end.node].sources[end.input][end.place] = Source(
                    node: index, slot: base + offset, isConditional: false, type: source.type)
            }
        }
    }

    /// Puts the nodes in order (Kahn's algorithm); what is left over waits in a circle. Tells also which nodes may
    /// be skipped, and which streams could not flow.
    mutating func order(_ draft: inout GraphDraft) {
        let count = draft.nodes.count
        var waits = [Int](repeating: 0, count: count)
        var successors = [[Int]](repeating: [], count: count)
        for index in draft.nodes.indices where !draft.toolNodes.contains(index) {
            for maker in Set(draft.nodes[index].sources.joined().compactMap(\.node)) {
                waits[index] += 1
                successors[maker].append(index)
            }
        }
        var order = draft.nodes.indices.filter { waits[$0] == 0 && !draft.toolNodes.contains($0) }
        var next = 0
        while next < order.count {
            for successor in successors[order[next]] {
                waits[successor] -= 1
                if waits[successor] == 0 { order.append(successor) }
            }
            next += 1
        }
        guard order.count == count - draft.toolNodes.count else {
            faults.append(.cycle(circle(draft, waits)))
            return
        }
        draft.order = order
        draft.maySkip = [Bool](repeating: false, count: count)
        for index in order {
            draft.maySkip[index] = draft.nodes[index].sources.joined().contains { source in
                source.isConditional || source.node.map { draft.maySkip[$0] } ?? false
            }
        }
        checkStreams(draft, successors)
    }

    /// Ids of nodes that wait for each other: those that are left, without what merely hangs behind a circle.
    private func circle(_ draft: GraphDraft, _ waits: [Int]) -> [String] {
        var isLeft = waits.map { $0 > 0 }
        var needs = [Int](repeating: 0, count: waits.count)
        let makers = draft.nodes.map { Set($0.sources.joined().compactMap(\.node)) }
        for index in draft.nodes.indices where isLeft[index] {
            for maker in makers[index] { needs[maker] += 1 }
        }
        var open = draft.nodes.indices.filter { isLeft[$0] && needs[$0] == 0 }
        while let index = open.popLast() {
            isLeft[index] = false
            for maker in makers[index] where isLeft[maker] {
                needs[maker] -= 1
                if needs[maker] == 0 { open.append(maker) }
            }
        }
        return draft.nodes.indices.filter { isLeft[$0] && !draft.nodes[$0].isSynthetic }
            .map { draft.nodes[$0].path }
    }

    /// A shared stream is read at one pace, so no reader may wait for another one to be done.
    private mutating func checkStreams(_ draft: GraphDraft, _ successors: [[Int]]) {
        for index in draft.order where draft.nodes[index].component is StreamShare {
            let readers = Set(successors[index])
            for reader in readers.sorted() {
                var seen: Set<Int> = [reader]
                var open = [reader]
                while let node = open.popLast() {
                    for successor in successors[node] where seen.insert(successor).inserted {
                        open.append(successor)
                    }
                }
                for other in readers.sorted() where other != reader && seen.contains(other) {
                    faults.append(
                        .streamOrder(
                            port(draft.nodes[index].sources[0].first, draft),
                            first: draft.nodes[reader].path, second: draft.nodes[other].path))
                }
            }
        }
    }

    private func port(_ source: Source?, _ draft: GraphDraft) -> PortReference {
        guard let source, let index = source.node else {
            let name = source.map { draft.entries[$0.slot].name } ?? ""
            return PortReference(FlowGraph.inputNode, name)
        }
        let node = draft.nodes[index]
        return PortReference(node.path, node.declaration.outputs[source.slot - node.outputBase].name)
    }
}

/// Hands one stream to several readers.
struct StreamShare: ImmediateComponent {
    static let type = "share"
    static let summary = "Hands one stream to several readers."
    let count: Int

    init(count: Int) {
        self.count = count
    }

    static func declaration(_ type: any Payload.Type, count: Int) -> Declaration {
        var declaration = Declaration()
        declaration.inputs = [PortDeclaration(name: "in", meaning: "", presence: .required, type: type)]
        declaration.outputs = (0..<count).map { number in
            PortDeclaration(name: "out\(number)", meaning: "", presence: .required, type: type)
        }
        return declaration
    }

    func compute(_ step: Step) {
        guard let stream = step.value(ofInput: 0) as? any StreamPayload else { return }
        for (output, copy) in stream.shared(by: count).enumerated() { step.send(copy, toOutput: output) }
    }
}
