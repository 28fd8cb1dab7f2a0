import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Langflow

@Suite struct `Reading exports` {
    @Test(arguments: ["echo", "handles-as-text", "handles-between-bars"])
    func `every form of an edge is read`(name: String) throws {
        let export = try fixture(name)
        let edge = try #require(export.edges.first)
        #expect(export.edges.count == 1)
        #expect(edge.source == "ChatInput-in" && edge.target == "ChatOutput-out")
        #expect(edge.field == "input_value" && !edge.isLoopBack)
        #expect(edge.output == (name == "handles-between-bars" ? "" : "message"))
        #expect(export.remarks.isEmpty)
    }

    @Test func `what an export says of itself is kept`() throws {
        let export = try fixture("echo")
        #expect(export.name == "Echo" && export.endpointName == "echo" && export.tags == ["test"])
        #expect(export.description == "Says what it is told." && export.version == "1.10.1")
        #expect(export.nodes.map(\.isNote) == [false, true, false])
        #expect(export.nodes[0].displayName == "Chat Input")
    }

    @Test func `a project's flows are read one by one`() throws {
        let data = try Fixtures.data("langflow/project.json")
        let flows = try LangflowExport.flows(in: data, file: "project.json")
        #expect(flows.map(\.name) == ["Echo", "Echo again"])
        #expect(flows.map(\.endpointName) == ["echo", nil])
    }

    @Test func `the data of a flow alone is a flow`() throws {
        let whole = try fixture("echo").json
        let export = try LangflowExport(json: try #require(whole["data"]), file: "pasted.json")
        #expect(export.name == "pasted.json" && export.nodes.count == 3)
    }

    @Test func `groups are opened, and what was set at them goes before what is inside`() throws {
        let export = try fixture("groups")
        let ids = ["ChatInput-in", "ChatOutput-out", "LanguageModelComponent-m", "Prompt-p"]
        #expect(export.nodes.map(\.id).sorted() == ids)
        #expect(export.nodes.first { $0.id == "Prompt-p" }?.fields["word"]?.value == "goodbye")
        let model = try #require(export.nodes.first { $0.id == "LanguageModelComponent-m" })
        #expect(model.fields["temperature"]?.value == 0.7)
        #expect(model.isFrozen, "a frozen group freezes what is in it")
        let ends = export.edges.map { "\($0.source).\($0.output) > \($0.target).\($0.field)" }
        #expect(
            Set(ends) == [
                "ChatInput-in.message > Prompt-p.text",
                "Prompt-p.prompt > LanguageModelComponent-m.input_value",
                "LanguageModelComponent-m.text_output > ChatOutput-out.input_value",
            ])
    }

    @Test func `two copies of a group are two groups`() throws {
        let whole = try fixture("groups").json
        let copied = whole.changing(["data", "nodes"]) { nodes in
            let nodes = nodes.array ?? []
            let copy = nodes[1].changing(["id"]) { _ in "Group-copy" }
                .changing(["data", "id"]) { _ in "Group-copy" }
            return .array(nodes + [copy])
        }
        let export = try LangflowExport(json: copied, file: "copied")
        #expect(Set(export.nodes.map(\.id)).count == export.nodes.count)
        #expect(export.nodes.contains { $0.id == "Prompt-p-Group-copy" })
        #expect(
            export.edges.contains {
                $0.source == "Prompt-p-Group-copy" && $0.target.hasPrefix("LanguageModelComponent-m-")
            })
    }

    @Test func `an edge to nowhere is left out and told`() throws {
        let whole = try fixture("echo").json
        let json = whole.changing(["data", "nodes", "2"]) { _ in nil }
        let export = try LangflowExport(json: json, file: "cut")
        #expect(export.edges.isEmpty)
        #expect(
            export.remarks == [
                "An edge from “ChatInput-in” to “ChatOutput-out” was left out: there is no “ChatOutput-out”."
            ])
    }

    @Test func `an export of a newer Langflow is read with a remark`() throws {
        let json = try fixture("echo").json.changing(["last_tested_version"]) { _ in "2.3.1" }
        let export = try LangflowExport(json: json, file: "new")
        #expect(export.remarks.count == 1 && export.remarks[0].contains("2.3.1"))
        #expect(LangflowTranslation(export).report.canRun)
        for version in ["1.13.9", "1.2", "0.0.99", "no version"] { #expect(!LangflowExport.isNewer(version)) }
        for version in ["1.14.0", "2", "10.0"] { #expect(LangflowExport.isNewer(version)) }
    }

    @Test func `keys that were typed into a flow are not kept`() throws {
        let export = try fixture("agent")
        #expect(try export.json.text().contains("sk-typed-into-the-flow"))
        let kept = try export.withoutSecrets.text()
        #expect(!kept.contains("sk-typed-into-the-flow"))
        #expect(kept.contains("TAVILY_API_KEY"), "the name of a variable is no secret")
        // In whatever form they stand.
        let forms: [JSONValue] = [["sk-typed"], ["key": "sk-typed"], ["value": ["sk-typed"]]]
        for form in forms {
            let changed = export.json.withSecret(form)
            #expect(try changed.text().contains("sk-typed\""))
            let kept = try LangflowExport(json: changed, file: "x").withoutSecrets.text()
            #expect(!kept.contains("sk-typed"))
        }
    }
}

@Suite struct `Bad exports` {
    private func refusal(_ text: String) -> LangflowError? {
        do {
            _ = try LangflowExport.flows(in: Data(text.utf8), file: "bad.json")
            return nil
        } catch {
            return error
        }
    }

    @Test func `what is no export is refused by name`() throws {
        #expect(refusal("{\"data\": {\"nodes\": []}, \"name\": \"N\"}") == .noNodes(flow: "N"))
        #expect(refusal("[]") == .noFlows(file: "bad.json"))
        #expect(refusal("{\"flows\": []}") == .noFlows(file: "bad.json"))
        for text in ["7", "{}", "{\"data\": 3}", "[3]", "{\"data\": {\"nodes\": {}}}"] {
            let refused = try #require(refusal(text))
            guard case .notAnExport = refused else {
                Issue.record("\(text): \(refused)")
                continue
            }
        }
        for text in ["", "{", "\u{0}", "nodes"] {
            let refused = try #require(refusal(text))
            guard case .notJSON = refused else {
                Issue.record("\(text): \(refused)")
                continue
            }
        }
    }

    @Test func `10 MB are refused before they are read`() throws {
        let data = Data(repeating: UInt8(ascii: " "), count: 10 << 20)
        #expect(
            throws: LangflowError.tooLarge(
                file: "big.json", bytes: 10 << 20, limit: LangflowExport.byteLimit)
        ) { try LangflowExport.flows(in: data, file: "big.json") }
    }

    @Test func `nodes and edges without what they need are told by their number`() throws {
        let whole = try fixture("echo").json
        func error(_ path: [String], _ value: JSONValue?) throws -> LangflowError? {
            do {
                _ = try LangflowExport(json: whole.changing(path) { _ in value }, file: "x")
                return nil
            } catch {
                return error
            }
        }
        let second = try #require(whole["data"]?["nodes"]?.array?[0])
        #expect(
            try error(["data", "nodes", "1"], second) == .duplicateNode(flow: "Echo", node: "ChatInput-in"))
        guard case .unreadableNode(_, 2, _) = try error(["data", "nodes", "1"], 5) else {
            Issue.record("a number is no node")
            return
        }
        guard case .unreadableNode(_, 1, _) = try error(["data", "nodes", "0", "data", "type"], nil) else {
            Issue.record("a node has a type")
            return
        }
        let bare: JSONValue = ["source": "ChatInput-in", "target": "ChatOutput-out"]
        guard
            case .unreadableEdge("Echo", 1, "ChatInput-in", "ChatOutput-out", _) =
                try error(["data", "edges", "0"], bare)
        else {
            Issue.record("an edge has handles")
            return
        }
    }

    @Test func `there may not be too many nodes, nor groups too deep`() throws {
        let node = try #require(try fixture("echo").json["data"]?["nodes"]?.array?[0])
        let many = (0...LangflowExport.nodeLimit).map { number in
            node.changing(["id"]) { _ in .string("n\(number)") }
        }
        #expect(throws: LangflowError.self) {
            try LangflowExport(json: ["name": "Many", "data": ["nodes": .array(many)]], file: "many")
        }
        var inner = node
        for number in 0...LangflowExport.groupLimit {
            inner = [
                "id": .string("g\(number)"), "type": "genericNode",
                "data": [
                    "type": "Group",
                    "node": ["template": [:], "flow": ["data": ["nodes": [inner], "edges": []]]],
                ],
            ]
        }
        #expect(
            throws: LangflowError.groupsTooDeep(flow: "deep", node: "g0", limit: LangflowExport.groupLimit)
        ) { try LangflowExport(json: ["data": ["nodes": [inner]]], file: "deep") }
    }

    @Test func `every error says what to do`() {
        let errors: [LangflowError] = [
            .tooLarge(file: "f", bytes: 9, limit: 8), .noNodes(flow: "f"), .noFlows(file: "f"),
            .duplicateNode(flow: "f", node: "n"),
            .cannotRun(flow: "f", obstacles: [.cycle(["a", "b"]), .nothingToRun]),
            .unknownTweak(flow: "f", name: "n", known: ["a"]),
            .unknownTweakField(flow: "f", node: "n", field: "x", known: []),
            .fixedTweakField(flow: "f", node: "n", field: "code", reason: "so"),
            .tweaksNotAnObject(flow: "f", kind: "array"), .tooManyTweaks(flow: "f", count: 9, limit: 8),
        ]
        for error in errors { #expect(error.description.count > 15, "\(error)") }
    }
}

extension JSONValue {
    /// The value with another in every field that is secret and names no variable.
    fileprivate func withSecret(_ value: JSONValue) -> JSONValue {
        switch self {
        case .array(let values): return .array(values.map { $0.withSecret(value) })
        case .object(var members):
            if members["password"]?.bool == true, members["load_from_db"]?.bool != true {
                members["value"] = value
                return .object(members)
            }
            return .object(members.mapValues { $0.withSecret(value) })
        default: return self
        }
    }
}
