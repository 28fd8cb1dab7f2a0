import JSONValue
import TestSupport
import Testing

@testable import Flow

/// Random graphs against an interpreter that knows nothing of slots, counters or tasks: it asks for a value and
/// works out what that takes.
///
/// A graph has 1 to 40 nodes in a random order of their ids. Each takes up to three earlier ones as inputs, with
/// every kind of component as likely, so that about a third of the graphs have branches that are not taken, some
/// of them behind others.
@Suite(.timeLimit(.minutes(3))) struct `Random graphs` {
    @Test func `a thousand random graphs make what a naive interpreter makes`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var skips = 0
        for number in 0..<1_000 {
            let graph = Self.graph(&random)
            let plan = try plan(graph)
            let outcome = try await plan.run(in: testContext)
            let interpreter = Interpreter(graph)
            for (name, port) in graph.outputs {
                let expected = interpreter.value(port)
                let actual = outcome.outputs[name] as? Int
                #expect(actual == expected, "graph \(number) of seed \(seed), \(port)")
                if expected == nil { skips += 1 }
            }
        }
        #expect(skips > 100)
    }

    private static func graph(_ random: inout SeededGenerator) -> FlowGraph {
        let count = Int.random(in: 1...40, using: &random)
        var nodes: [FlowGraph.Node] = []
        var edges: [String] = []
        var ports: [String] = []
        for index in 0..<count {
            let id = "n\(index)"
            let pick = ports.isEmpty ? 0 : Int.random(in: 0...4, using: &random)
            func source() -> String { ports.randomElement(using: &random) ?? "" }
            switch pick {
            case 0:
                nodes.append(
                    .node(id, "Constant", ["number": .integer(Int.random(in: -9...9, using: &random))]))
                ports.append("\(id).value")
            case 1:
                nodes.append(.node(id, "Sum", ["plus": .integer(Int.random(in: 0...3, using: &random))]))
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    edges.append("\(source()) > \(id).numbers")
                }
                ports.append("\(id).value")
            case 2:
                nodes.append(.node(id, "Parity"))
                edges.append("\(source()) > \(id).number")
                ports += ["\(id).even", "\(id).odd"]
            case 3:
                nodes.append(.node(id, "Merge"))
                edges.append("\(source()) > \(id).first")
                if Bool.random(using: &random) { edges.append("\(source()) > \(id).second") }
                ports.append("\(id).value")
            default:
                nodes.append(.node(id, "Double"))
                edges.append("\(source()) > \(id).number")
                ports.append("\(id).value")
            }
        }
        let outputs = Dictionary(uniqueKeysWithValues: ports.enumerated().map { ("o\($0)", $1) })
        return FlowGraph(nodes.shuffled(using: &random), edges: edges, outputs: outputs)
    }
}

/// Works a port's value out by recursion, from the definition alone.
private final class Interpreter {
    private let nodes: [String: FlowGraph.Node]
    private let edges: [FlowGraph.Edge]
    private var known: [PortReference: Int?] = [:]

    init(_ graph: FlowGraph) {
        nodes = Dictionary(uniqueKeysWithValues: graph.components.map { ($0.id, $0) })
        edges = graph.edges
    }

    func value(_ port: PortReference) -> Int? {
        if let known = known[port] { return known }
        let result = evaluate(port)
        known[port] = .some(result)
        return result
    }

    private func evaluate(_ port: PortReference) -> Int? {
        guard let node = nodes[port.component] else { return nil }
        let values = { (name: String) in
            self.edges.filter { $0.to == PortReference(node.id, name) }.map { self.value($0.from) }
        }
        switch node.type {
        case "Constant": return node.parameters["number"]?.integer
        case "Sum":
            let all = values("numbers")
            guard all.contains(where: { $0 != nil }) else { return nil }
            return all.compactMap(\.self).reduce(node.parameters["plus"]?.integer ?? 0, &+)
        case "Parity":
            guard let number = values("number")[0] else { return nil }
            return number.isMultiple(of: 2) == (port.port == "even") ? number : nil
        case "Merge":
            let (first, second) = (values("first").first ?? nil, values("second").first ?? nil)
            return first ?? second
        default: return values("number")[0].map { $0 &* 2 }
        }
    }
}
