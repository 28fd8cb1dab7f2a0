import Flow
import JSONValue

extension Translator {
    /// Leads several edges that end at one input through a component that makes one of them.
    mutating func joinEdges() {
        for target in draft.components {
            for input in target.ports.inputs where input.presence != .list {
                let port = PortReference(target.id, input.name)
                // What leads back comes in another round than what leads in.
                let circles = Set(draft.edges.filter { $0.to == port }.map(\.circle))
                for circle in circles.sorted(by: { $0 ?? -1 < $1 ?? -1 }) {
                    joinEdges(into: port, input, of: target, circle: circle)
                }
            }
        }
        // Values of a list stand in the order of the flow's edges, at Langflow in that of the fields.
        draft.edges = draft.edges.enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }.map(\.element)
    }

    private mutating func joinEdges(
        into port: PortReference, _ input: ComponentPorts.Input, of target: Draft.Component, circle: Int?
    ) {
        let ends = draft.edges.indices.filter {
            draft.edges[$0].to == port && !draft.edges[$0].isLoopBack && draft.edges[$0].circle == circle
        }
        guard ends.count > 1, let node = export.nodes.first(where: { $0.id == target.origin }) else { return }
        let joinsText = input.payload.isText
        let join = addSynthetic(
            "\(target.id)-\(input.name)-all", joinsText ? "CombineText" : "MergeData", of: node)
        if !joinsText { draft.change(join) { $0.parameters["operation"] = "append" } }
        for end in ends {
            draft.edges[end].to = PortReference(join, joinsText ? "texts" : "data")
            draft.edges[end].circle = nil
        }
        add(nil, from: PortReference(join, joinsText ? "message" : "table"), to: port)
        draft.edges[draft.edges.count - 1].circle = circle
        approximate(node.id, "The \(ends.count) edges into “\(input.name)” are joined before it.")
    }

    /// A chat output that takes records shows them as JSON, whatever text they have.
    mutating func showRecords() {
        for place in draft.edges.indices where !draft.edges[place].isTool && !draft.edges[place].isLoopBack {
            let edge = draft.edges[place]
            guard draft.payload(edge.from) == .data, let target = draft[edge.to.component],
                target.role == .chatOutput, let node = export.nodes.first(where: { $0.id == target.origin }),
                node.fields["input_value"]?.inputTypes.contains(where: ["Data", "JSON"].contains) ?? false
            else { continue }
            let writer = addSynthetic("\(target.id)-json", "Parser", of: node)
            draft.change(writer) { $0.parameters = ["stringify": true, "code_block": true] }
            draft.edges[place].to = PortReference(writer, "input")
            add(nil, from: PortReference(writer, "message"), to: edge.to, rank: edge.rank)
        }
    }

    /// Names of columns that a parser's template asks for, where ours are called otherwise.
    mutating func renameColumns() {
        let makers = Dictionary(grouping: draft.edges.filter { !$0.isTool }, by: \.to.component)
        for reader in draft.components {
            for parameter in ["column", "columns"] {
                rename(parameter, of: reader, columns(before: reader.id, makers))
            }
        }
        for parser in draft.components where parser.type == "Parser" {
            guard case .string(let template)? = parser.parameters["template"] else { continue }
            let names = columns(before: parser.id, makers)
            let asked = PromptVariables.names(in: template, isMustache: false).filter { names[$0] != nil }
            guard !asked.isEmpty else { continue }
            var renamed = template
            for name in asked {
                renamed = renamed.replacing("{\(name)}", with: "{\(names[name] ?? name)}")
            }
            draft.change(parser.id) { $0.parameters["template"] = .string(renamed) }
            tellRenamed(asked, names, parser.origin)
        }
    }

    private mutating func rename(
        _ parameter: String, of reader: Draft.Component, _ names: [String: String]
    ) {
        guard let value = reader.parameters[parameter], !names.isEmpty else { return }
        let asked = (value.array ?? [value]).compactMap(\.string).filter { names[$0] != nil }
        guard !asked.isEmpty else { return }
        func renamed(_ value: JSONValue) -> JSONValue {
            value.string.flatMap { names[$0] }.map { .string($0) } ?? value
        }
        draft.change(reader.id) {
            $0.parameters[parameter] = value.array.map { .array($0.map(renamed)) } ?? renamed(value)
        }
        tellRenamed(asked, names, reader.origin)
    }

    private mutating func tellRenamed(_ asked: [String], _ names: [String: String], _ node: String) {
        let list = asked.map { "“\($0)” is “\(names[$0] ?? "")”" }.joined(separator: ", ")
        approximate(node, "Columns are called otherwise here: \(list).")
    }

    /// The renamed columns of the tables that reach a component.
    private func columns(
        before id: String, _ makers: [String: [Draft.Edge]]
    ) -> [String: String] {
        var names: [String: String] = [:]
        var seen: Set<String> = [id]
        var waiting = [id]
        while let next = waiting.popLast() {
            for edge in makers[next] ?? [] {
                let maker = edge.from.component
                guard seen.insert(maker).inserted, let made = draft[maker] else { continue }
                guard let rule = rules[made.origin] else { continue }
                names.merge(rule.columns) { first, _ in first }
                if rule.keepsColumns || made.isSynthetic { waiting.append(maker) }
            }
        }
        return names
    }

    /// Sees that what an edge carries fits where it ends; the catalogue converts what converts.
    mutating func convertEdges() {
        for edge in draft.edges where !edge.isTool {
            guard let source = draft[edge.from.component], let target = draft[edge.to.component],
                source.fault == nil, target.fault == nil,
                let payload = draft.payload(edge.from),
                let input = edge.isLoopBack ? PortPayload.json : target.ports.input(edge.to.port)?.payload
            else { continue }
            guard !payload.converts(to: input) else { continue }
            draft.change(edge.to.component) {
                $0.fault = .field(
                    node: target.origin, field: edge.to.port,
                    reason: "“\(source.origin)” gives \(payload.rawValue), and \(input.rawValue) is needed")
            }
        }
    }
}
