import Flow
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Langflow

/// Exports that are damaged at random: each is read or refused, and none crashes.
@Suite(.timeLimit(.minutes(5))) struct `Damaged exports` {
    /// Values that are of another kind, empty, huge or strange.
    private static let values: [JSONValue] = [
        .null, true, 0, -1, 1e300, .integer(.max), .integer(.min), "", "x", "{", "{{a}}{b.c}{}", "../..", "œ",
        [], [[]], [:], ["name": "item"], ["value": ["value": 1]], ["id": "Prompt-p", "field": "template"],
        "component_as_tool", "input", "item", "ChatInput-in", "LoopComponent-l", "Agent-a", "tool",
    ]

    private static func damage(
        _ json: JSONValue, _ generator: inout SeededGenerator, rate: Int
    ) -> JSONValue {
        if Int.random(in: 0..<rate, using: &generator) == 0 {
            return values.randomElement(using: &generator) ?? .null
        }
        switch json {
        case .array(var elements):
            elements = elements.map { damage($0, &generator, rate: rate) }
            if !elements.isEmpty, Int.random(in: 0..<rate, using: &generator) == 0 {
                elements.append(elements[Int.random(in: elements.indices, using: &generator)])
            }
            return .array(elements)
        case .object(let members):
            // In the order of their keys, so that a seed gives the same damage each time.
            var damaged: [String: JSONValue] = [:]
            for key in members.keys.sorted() where Int.random(in: 0..<rate * 2, using: &generator) > 0 {
                damaged[key] = damage(members[key] ?? .null, &generator, rate: rate)
            }
            return .object(damaged)
        default: return json
        }
    }

    @Test(arguments: ["echo", "groups", "agent", "loop"])
    func `none crashes reading, translating, tweaking or writing`(name: String) throws {
        let whole = try fixture(name).json
        var read = 0
        for seed in 0..<600 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let json = Self.damage(whole, &generator, rate: [30, 120, 500][seed % 3])
            guard let export = try? LangflowExport(json: json, file: "seed \(seed)") else { continue }
            read += 1
            let translation = LangflowTranslation(export)
            let ids = Set(translation.definition.graph.components.map(\.id))
            for edge in translation.definition.graph.edges {
                #expect(ids.contains(edge.from.component) && ids.contains(edge.to.component), "seed \(seed)")
            }
            #expect(ids.allSatisfy { !$0.contains(".") && $0 != FlowGraph.inputNode }, "seed \(seed)")
            _ = try? translation.tweaks([
                "input_value": "x", "template": 3, "Agent-a": ["max_iterations": "x"],
            ])
            var changed = translation.definition
            changed.graph.components.reverse()
            _ = LangflowWriter.write(changed, origin: export)
            _ = LangflowWriter.write(changed)
        }
        #expect(read > 50, "most of the damage must be of a kind that is read")
    }

    @Test func `no byte of an export crashes its reading`() throws {
        let data = try Fixtures.data("langflow/handles-as-text.json")
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<1_500 {
            var bytes = data
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if let export = try? LangflowExport.flows(in: bytes, file: "bytes").first {
                _ = LangflowTranslation(export)
            }
        }
    }

    @Test func `many nodes, edges and variables end in time`() throws {
        let variables = (0..<1_500).map { "{v\($0)}" }.joined()
        let nodes = (0..<900).map { number in
            (id: "P\(number)", type: "Prompt", fields: ["template": JSONValue.string(variables), "a": ""])
        }
        let edges = (0..<899).map { "P\($0).prompt > P\($0 + 1).v0" }
        let report = LangflowTranslation(try export(nodes, edges)).report
        #expect(!report.canRun)
    }
}
