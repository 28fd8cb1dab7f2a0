import Flow
import JSONValue

extension Translator {
    /// Leaves out what cannot run, and tells whether the flow can without it.
    mutating func leaveOutBroken() {
        var causes: [String: TranslationReport.Obstacle] = [:]
        var waiting: [String] = []
        for component in draft.components {
            if let fault = component.fault {
                causes[component.id] = fault
                waiting.append(component.id)
            }
        }
        guard !causes.isEmpty else { return }
        let readers = Dictionary(grouping: draft.edges, by: \.from.component)
        while let next = waiting.popLast() {
            for edge in readers[next] ?? [] {
                let target = edge.to.component
                if edge.isTool || edge.to.port == "toolsets" {
                    if let node = draft[target]?.origin {
                        approximate(node, "The tool “\(draft[next]?.origin ?? next)” is left out.")
                    }
                } else if causes[target] == nil {
                    causes[target] = causes[next]
                    waiting.append(target)
                }
            }
        }
        let ends = sinks()
        for end in draft.components where ends.contains(end.id) {
            guard let cause = causes[end.id] else { continue }
            // What stands alone, such as an output without an edge, is no loss.
            guard incoming[end.origin] != nil || used[end.origin] != nil else { continue }
            block(cause.needed(by: "“\(end.origin)”"))
        }
        tellLeftOut(causes)
        draft.remove(Set(causes.keys))
    }

    private mutating func tellLeftOut(_ causes: [String: TranslationReport.Obstacle]) {
        for component in draft.components {
            guard let cause = causes[component.id], !component.isSynthetic else { continue }
            if rules[component.origin] == nil { continue }
            change(component.origin) { $0.standing = .leftOut }
            remark(component.origin, "It is left out: \(cause.needed(by: "this"))")
        }
    }

    /// Outputs and effects; where there are none, what nothing takes from.
    private func sinks() -> Set<String> {
        let outputs = draft.components.filter { $0.role?.isOutput ?? false || $0.hasEffect }
        if !outputs.isEmpty { return Set(outputs.map(\.id)) }
        let taken = Set(draft.edges.map(\.from.component))
        return Set(draft.components.filter { !taken.contains($0.id) }.map(\.id))
    }

    /// Leaves out what is connected to nothing, unless it is all there is.
    mutating func leaveOutLonely() {
        let connected = Set(draft.edges.flatMap { [$0.from.component, $0.to.component] })
        let lonely = draft.components.filter { component in
            !connected.contains(component.id) && !component.hasEffect
        }
        guard !lonely.isEmpty else { return }
        var left = Set(lonely.map(\.id))
        if left.count == draft.components.count {
            // A flow of unconnected components runs those that need nothing.
            left = Set(lonely.filter { $0.ports.inputs.contains { $0.presence == .required } }.map(\.id))
        }
        for component in lonely where left.contains(component.id) && !component.isSynthetic {
            change(component.origin) { $0.standing = .leftOut }
            remark(component.origin, "It is left out: nothing is connected to it.")
        }
        draft.remove(left)
    }
}

extension TranslationReport.Obstacle {
    /// With what rests on it, where it says so.
    func needed(by name: String) -> Self {
        if case .missing(let node, let type, let advice, _) = self {
            return .missing(node: node, type: type, advice: advice, needed: name)
        }
        return self
    }
}

extension TranslatedNode.Role {
    /// Whether a run gives back what it makes.
    public var isOutput: Bool {
        switch self {
        case .chatOutput, .textOutput, .dataOutput: true
        case .chatInput, .textInput, .webhook: false
        }
    }
}
