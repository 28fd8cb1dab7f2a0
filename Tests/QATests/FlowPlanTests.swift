import Corpus
import Flow
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import VectorIndex

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `A flow is checked before it runs` {
    private func faults(_ change: (inout FlowGraph) -> Void) async throws -> [FlowFault] {
        var flow = try QuestionAnswering.builtIn()
        change(&flow.graph)
        do {
            try await TestCorpus().qa().validate(flow)
            return []
        } catch QAError.invalidFlow(_, let faults) {
            return faults
        }
    }

    @Test func `the built-in flow is sound`() async throws {
        let found = try await faults { _ in }
        #expect(found.isEmpty)
    }

    @Test func `a component that Millrace lacks is named`() async throws {
        let found = try await faults { $0.components[0].type = "PythonREPL" }
        guard case .unknownType("question", "PythonREPL", _) = found.first else {
            Issue.record("found \(found)")
            return
        }
    }

    @Test func `an edge between ports of other types is refused`() async throws {
        let found = try await faults { flow in
            flow.edges.removeAll { $0.to == PortReference("vector", "vector") }
            flow.edges.append(
                .init(from: PortReference("condense", "question"), to: PortReference("vector", "vector")))
        }
        #expect(
            found == [
                .typeMismatch(
                    edge: "Edge 15 (condense.question → vector.vector)", from: "question", to: "vector")
            ])
    }

    @Test func `an open input, a second edge and an unknown port are all told at once`() async throws {
        let found = try await faults { flow in
            flow.edges.removeAll { $0.to == PortReference("embed", "question") }
            flow.edges.append(
                .init(from: PortReference("fuse", "passages"), to: PortReference("limit", "passages")))
            flow.edges.append(
                .init(from: PortReference("fuse", "nothing"), to: PortReference("limit", "passages")))
        }
        #expect(found.contains(.inputOpen(PortReference("embed", "question"), type: "question")))
        #expect(found.contains(.inputConnectedTwice(PortReference("limit", "passages"))))
        #expect(found.contains { if case .unknownPort(_, "fuse", "nothing", _) = $0 { true } else { false } })
    }

    @Test func `a circle is refused`() async throws {
        let found = try await faults { flow in
            flow.edges.removeAll { $0.to == PortReference("condense", "question") }
            flow.components.append(.init(id: "again", type: "CondenseQuestion"))
            flow.edges.append(
                .init(from: PortReference("condense", "question"), to: PortReference("again", "question")))
            flow.edges.append(
                .init(from: PortReference("again", "question"), to: PortReference("condense", "question")))
        }
        #expect(found.contains { if case .cycle = $0 { true } else { false } })
    }

    @Test func `a parameter that is unknown, no number, out of range or broken is named`() async throws {
        let found = try await faults { flow in
            flow.components[3].parameters = ["limit": 0, "depth": 1]
            flow.components[4].parameters = ["limit": "many"]
            flow.components[6].parameters = ["passages": 1.5]
        }
        #expect(found.count == 4)
        #expect(
            found.contains(
                .parameter(
                    component: "keyword", name: "limit",
                    .wrongKind(expected: "whole number", actual: "string"))))
        #expect(found.contains(.parameter(component: "limit", name: "passages", .notWhole(1.5))))
    }

    @Test func `an output that is no answer is refused`() async throws {
        let found = try await faults { $0.outputs = ["output": PortReference("fuse", "passages")] }
        #expect(
            found == [
                .outputType(
                    graph: "", name: "output", PortReference("fuse", "passages"), is: "passages",
                    expected: "answer")
            ])
    }

    @Test func `JSON that is no flow names the place`() throws {
        let text =
            #"{"name": "x", "components": [{"id": "a"}], "edges": [], "output": "a.b", "description": ""}"#
        do {
            _ = try QuestionAnswering.decodeFlow(Data(text.utf8), file: "x.json")
            Issue.record("it was read")
        } catch .unreadableFlow(let file, let reason) {
            #expect(file == "x.json")
            #expect(reason.contains("type") && reason.contains("components[0]"))
        }
    }
}
