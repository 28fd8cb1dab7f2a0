import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite struct `Tweaks` {
    @Test func `a tweak is a parameter, by id, display name or type`() throws {
        let translation = try translated("agent")
        for key in ["Agent-a", "Agent"] {
            let tweaks = try translation.tweaks([key: ["max_iterations": 3]])
            #expect(tweaks.parameters == ["Agent-a": ["max_steps": 3]])
        }
        let shown = try translation.tweaks(["Chat Input": ["input_value": "Bye."]])
        #expect(shown.parameters == ["ChatInput-in": ["text": "Bye."]])
        #expect(try translation.tweaks(.null) == TranslatedTweaks())
        #expect(try translation.tweaks(["Agent-a": [:]]) == TranslatedTweaks())
    }

    @Test func `the nearest name stands, and a field goes to every node that has it`() throws {
        let translation = try translated("agent")
        let tweaks = try translation.tweaks([
            "sender_name": "All", "ChatInput": ["sender_name": "Type"],
            "ChatInput-in": ["sender_name": ["value": "Id"]],
        ])
        #expect(tweaks.parameters["ChatInput-in"] == ["sender_name": "Id"])
        #expect(tweaks.parameters["ChatOutput-out"] == ["sender_name": "All"])
    }

    @Test func `a constant before a port is tweaked by its field`() throws {
        let tweaks = try translated("groups").tweaks(["Prompt-p": ["word": "farewell"]])
        #expect(tweaks.parameters == ["Prompt-p-word": ["text": "farewell"]])
        #expect(!tweaks.needsNewPlan)
    }

    @Test func `what a plan fixes needs a new one`() throws {
        let export = try fixture("groups")
        let change: JSONValue = ["Prompt-p": ["template": "Only {text}"]]
        #expect(try LangflowTranslation(export).tweaks(change).needsNewPlan)
        let changed = LangflowTranslation(try export.applying(change))
        #expect(changed.definition.graph.node("Prompt-p")?.parameters["template"] == "Only {text}")
        #expect(changed.definition.graph.node("Prompt-p-word") == nil)
        #expect(try translated("loop").tweaks(["parser-q": ["pattern": "{title}"]]).needsNewPlan)
    }

    @Test func `a tweak for a node or field that is not there is an error`() throws {
        let translation = try translated("echo")
        let unknown = #expect(throws: LangflowError.self) { try translation.tweaks(["Nobody-x": ["a": 1]]) }
        #expect(
            unknown
                == .unknownTweak(flow: "Echo", name: "Nobody-x", known: ["ChatInput-in", "ChatOutput-out"]))
        let field = #expect(throws: LangflowError.self) {
            try translation.tweaks(["ChatInput-in": ["nope": 1]])
        }
        guard case .unknownTweakField("Echo", "ChatInput-in", "nope", _)? = field else {
            Issue.record("\(String(describing: field))")
            return
        }
        #expect(throws: LangflowError.tweaksNotAnObject(flow: "Echo", kind: "array")) {
            try translation.tweaks([1])
        }
    }

    @Test func `code cannot be tweaked, and keys are ignored`() throws {
        let translation = try translated("agent")
        let error = #expect(throws: LangflowError.self) { try translation.tweaks(["Agent-a": ["code": "x"]]) }
        guard case .fixedTweakField(_, "Agent-a", "code", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let tweaks = try translation.tweaks(["Agent-a": ["api_key": "sk-1"]])
        #expect(tweaks.parameters.isEmpty && tweaks.ignored.count == 1)
        #expect(!tweaks.ignored[0].contains("sk-1"))
    }

    @Test func `fields count once for every node that they are for`() throws {
        let fields = Dictionary(uniqueKeysWithValues: (0...5_000).map { ("f\($0)", JSONValue.integer($0)) })
        let names = ["ChatInput", "Chat Input"]
        let tweaks = JSONValue.object(
            Dictionary(uniqueKeysWithValues: names.map { ($0, .object(fields)) }))
        #expect(throws: LangflowError.tooManyTweaks(flow: "Echo", count: 10_002, limit: 10_000)) {
            try translated("echo").tweaks(tweaks)
        }
    }

    @Test func `a value that does not fit is refused by name`() throws {
        #expect(throws: LangflowError.self) {
            try translated("agent").tweaks(["Agent-a": ["max_iterations": "many"]])
        }
    }
}
