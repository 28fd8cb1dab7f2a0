import Flow
import JSONValue

/// A circle on its way into the body of a `Repeat`.
private struct Rounds {
    var id: String
    /// What runs in each round.
    var members: Set<String>
    /// What stands for the body's end in its edges: they end at ports that are called like its outputs.
    static let end = "\u{0}end"

    /// Names of its inputs by the outputs that they bring, and by the inputs that they fill anew each round.
    var givenNames: [PortReference: String] = [:]
    var carriedNames: [PortReference: String] = [:]
    var given: [String: JSONValue] = [:]
    var carried: [String: JSONValue] = [:]
    var results: [String: JSONValue] = [:]
    var inputs: [String: PortPayload] = [:]
    /// Within the body, and around the component.
    var inner: [Draft.Edge] = []
    var outer: [Draft.Edge] = []
    /// Names of its results by the outputs that make them.
    var resultNames: [PortReference: String] = [:]

    /// A name that no port has yet.
    func freeName(_ port: PortReference) -> String {
        let wanted = "\(port.component)_\(port.port)".replacing(".", with: "_")
        var name = wanted
        var number = 2
        while inputs[name] != nil || results[name] != nil || name == "round" {
            name = "\(wanted)_\(number)"
            number += 1
        }
        return name
    }
}

extension Translator {
    /// Puts the region's circles into the bodies of components that repeat them.
    mutating func closeCircles(_ region: inout Region, depth: Int) {
        for circle in Self.circles(region.members, region.edges) {
            let inside = Set(circle)
            let back = region.edges.filter {
                $0.circle != nil && inside.contains($0.from.component) && inside.contains($0.to.component)
            }
            // One that nothing was marked of stays as it is, which is told as an obstacle.
            guard let level = back.compactMap(\.circle).min() else { continue }
            guard depth < Self.loopLimit else {
                block(.loopsTooDeep(node: draft[circle[0]]?.origin ?? circle[0], limit: Self.loopLimit))
                continue
            }
            close(circle, level, &region, depth: depth)
        }
    }

    private mutating func close(_ circle: [String], _ level: Int, _ region: inout Region, depth: Int) {
        let inside = Set(circle)
        let decider = circle.first(where: decides) ?? circle[0]
        let origin = draft[decider]?.origin ?? decider
        let tools = self.tools(of: inside, region)
        var rounds = Rounds(id: draft.freeID("\(decider)-circle"), members: inside.union(tools))
        draft.add(
            Draft.Component(
                id: rounds.id, type: "Repeat", ports: ComponentPorts(), origin: origin, isSynthetic: true))
        func leadsBack(_ edge: Draft.Edge) -> Bool {
            edge.circle == level && inside.contains(edge.from.component) && inside.contains(edge.to.component)
        }
        let ends = Set(region.edges.filter { leadsBack($0) && !isList($0.to) }.map(\.to))
        for edge in region.edges {
            let isFrom = rounds.members.contains(edge.from.component)
            let isTo = rounds.members.contains(edge.to.component)
            if leadsBack(edge) {
                carry(edge, by: origin, &rounds)
            } else if isFrom, isTo {
                rounds.inner.append(edge)
            } else if isTo {
                if ends.contains(edge.to) {
                    begin(edge, by: origin, &rounds)
                } else {
                    give(edge, region, &rounds)
                }
            } else if inside.contains(edge.from.component) {
                take(edge, &rounds)
            }
        }
        guard !rounds.carried.isEmpty, !rounds.inputs.values.contains(.tools) else {
            block(.cycle(circle.compactMap { draft[$0]?.origin }))
            return
        }
        tellRounds(circle, origin, rounds.id)
        write(rounds, region, depth: depth)
        takeOut(inside, tools, rounds, &region)
    }

    /// A tool is used where its agent is.
    private func tools(of inside: Set<String>, _ region: Region) -> Set<String> {
        let own = Set(
            region.edges.filter {
                inside.contains($0.to.component) && ($0.isTool || $0.to.port == "toolsets")
                    && !inside.contains($0.from.component) && $0.from.component != FlowGraph.inputNode
            }.map(\.from.component))
        guard !own.isEmpty else { return [] }
        let needed = needed(by: own, of: region, "").subtracting(inside)
        return own.union(needed.filter { $0 != FlowGraph.inputNode })
    }

    private func isList(_ port: PortReference) -> Bool {
        draft[port.component]?.ports.input(port.port)?.presence == .list
    }

    private func carriedName(
        _ port: PortReference, by origin: String, _ rounds: inout Rounds
    ) -> String {
        if let known = rounds.carriedNames[port], !isList(port) { return known }
        let payload = draft[port.component]?.ports.input(port.port)?.payload ?? .message
        let name = rounds.freeName(port)
        rounds.carriedNames[port] = name
        rounds.inputs[name] = payload
        rounds.carried[name] = ["payload": .string(payload.rawValue), "by": .string(origin)]
        rounds.inner.append(Draft.Edge(from: PortReference(FlowGraph.inputNode, name), to: port))
        return name
    }

    /// An edge that leads back: what a round makes is given to the next.
    private func carry(_ edge: Draft.Edge, by origin: String, _ rounds: inout Rounds) {
        let name = carriedName(edge.to, by: origin, &rounds)
        rounds.inner.append(Draft.Edge(from: edge.from, to: PortReference(Rounds.end, name)))
    }

    /// An edge from outside to where another one leads back: it is for the first round.
    private func begin(_ edge: Draft.Edge, by origin: String, _ rounds: inout Rounds) {
        let name = carriedName(edge.to, by: origin, &rounds)
        var edge = edge
        edge.to = PortReference(rounds.id, name)
        rounds.outer.append(edge)
    }

    /// An edge from outside: it is for every round.
    private func give(_ edge: Draft.Edge, _ region: Region, _ rounds: inout Rounds) {
        let name: String
        if let known = rounds.givenNames[edge.from] {
            name = known
        } else {
            name = rounds.freeName(edge.from)
            let isInput = edge.from.component == FlowGraph.inputNode
            let payload =
                (isInput ? region.inputs[edge.from.port] : draft.payload(edge.from)) ?? .message
            rounds.givenNames[edge.from] = name
            rounds.inputs[name] = payload
            rounds.given[name] = .string(payload.rawValue)
            var outer = edge
            outer.to = PortReference(rounds.id, name)
            rounds.outer.append(outer)
        }
        var inner = edge
        inner.from = PortReference(FlowGraph.inputNode, name)
        rounds.inner.append(inner)
    }

    /// An edge that leads out.
    private mutating func take(_ edge: Draft.Edge, _ rounds: inout Rounds) {
        let known = rounds.resultNames[edge.from]
        let name = known ?? rounds.freeName(edge.from)
        if known == nil {
            rounds.resultNames[edge.from] = name
            rounds.results[name] = .string((draft.payload(edge.from) ?? .message).rawValue)
            rounds.inner.append(Draft.Edge(from: edge.from, to: PortReference(Rounds.end, name)))
        }
        var edge = edge
        if !decides(edge.from.component), let target = draft[edge.to.component] {
            approximate(target.origin, "It is given what the last round of “\(rounds.id)” made.")
        }
        edge.from = PortReference(rounds.id, name)
        rounds.outer.append(edge)
    }

    private mutating func tellRounds(_ circle: [String], _ origin: String, _ id: String) {
        for member in circle {
            guard let made = draft[member], made.role?.isOutput ?? false else { continue }
            approximate(made.origin, "It is inside the circle “\(id)”, so it is no output of the flow.")
        }
        remark(
            origin,
            """
            The circle that it leads back in is the body of “\(id)” here, a Repeat; its “rounds” and “seconds” are \
            bounds that Langflow does not have.
            """)
    }

    private mutating func write(_ rounds: Rounds, _ region: Region, depth: Int) {
        let members = region.members.filter { rounds.members.contains($0) }
        let body = closed(
            Region(members: members, edges: rounds.inner, inputs: rounds.inputs), depth: depth + 1)
        var edges = body.edges.filter { $0.to.component != Rounds.end }.map {
            FlowGraph.Edge(from: $0.from, to: $0.to)
        }
        for id in body.members where draft[id]?.type == "If" {
            let port = PortReference(FlowGraph.inputNode, "round")
            edges.append(FlowGraph.Edge(from: port, to: PortReference(id, "round")))
        }
        let outputs = Dictionary(
            body.edges.filter { $0.to.component == Rounds.end }.map { ($0.to.port, $0.from) },
            uniquingKeysWith: { first, _ in first })
        let graph = FlowGraph(
            inputs: [.init(name: "round", type: "integer")]
                + rounds.inputs.sorted { $0.key < $1.key }.map {
                    .init(name: $0.key, type: $0.value.rawValue)
                },
            components: nodes(body.members), edges: edges, outputs: outputs)
        draft.change(rounds.id) {
            $0.bodies["round"] = .graph(graph)
            $0.parameters = [
                "given": .object(rounds.given), "carried": .object(rounds.carried),
                "results": .object(rounds.results),
            ]
            $0.ports = ComponentPorts(
                inputs: rounds.inputs.sorted { $0.key < $1.key }.map { .takes($0.key, $0.value) },
                outputs: rounds.results.sorted { $0.key < $1.key }.map { name, payload in
                    (name, payload.string.flatMap { PortPayload(rawValue: $0) } ?? .message)
                })
        }
    }

    private mutating func takeOut(
        _ inside: Set<String>, _ tools: Set<String>, _ rounds: Rounds, _ region: inout Region
    ) {
        var gone = inside
        let readers = Dictionary(grouping: region.edges, by: \.from.component)
        var isChanged = true
        while isChanged {
            isChanged = false
            for id in tools where !gone.contains(id) {
                if (readers[id] ?? []).allSatisfy({ gone.contains($0.to.component) }) {
                    gone.insert(id)
                    isChanged = true
                }
            }
        }
        inLoops.formUnion(gone)
        let place = region.members.firstIndex { gone.contains($0) } ?? 0
        region.members.insert(rounds.id, at: place)
        region.members.removeAll { gone.contains($0) }
        region.edges.removeAll { gone.contains($0.from.component) || gone.contains($0.to.component) }
        region.edges += rounds.outer
        // Values of a list stand in the order of the fields.
        region.edges = region.edges.enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }.map(\.element)
    }
}
