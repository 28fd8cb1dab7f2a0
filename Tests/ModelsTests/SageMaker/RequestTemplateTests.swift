import Foundation
import JSONValue
import Testing

@testable import Models

@Suite struct `A request's template` {
    private func filled(
        _ template: String, _ use: RequestTemplate.Use,
        _ values: [RequestTemplate.Placeholder: JSONValue]
    ) throws -> JSONValue {
        // By way of its text, as it goes out.
        try JSONValue(parsing: RequestTemplate(parsing: template, for: use).filled(values).text())
    }

    @Test func `a placeholder alone becomes the value, of whatever kind`() throws {
        #expect(
            try filled(
                #"{"inputs": "{{texts}}", "kind": "{{ purpose }}", "n": 7, "x": [1.5, true, null, "a"]}"#,
                .embedding, [.texts: ["a", "b"], .purpose: "query"])
                == ["inputs": ["a", "b"], "kind": "query", "n": 7, "x": [1.5, true, nil, "a"]])
        #expect(
            try filled(
                #"{"m":"{{messages}}","p":{"n":"{{max_tokens}}","t":"{{temperature}}"},"s":"{{stream}}"}"#,
                .answering,
                [.messages: [["role": "user"]], .maxTokens: 9, .temperature: 0.5, .stream: true])
                == ["m": [["role": "user"]], "p": ["n": 9, "t": 0.5], "s": true])
        #expect(try filled(#""{{texts}}""#, .embedding, [.texts: ["a"]]) == ["a"])
        #expect(try filled(#"["{{text}}", 1]"#, .embedding, [.text: "a"]) == ["a", 1])
    }

    @Test func `within a longer text it becomes text`() throws {
        #expect(
            try filled(
                #"{"inputs": "<s>{{system}}|{{prompt}}|{{max_tokens}}|{{temperature}}|{{stream}}</s>"}"#,
                .answering,
                [.system: "S", .prompt: "P", .maxTokens: 9, .stream: false])
                == ["inputs": "<s>S|P|9||false</s>"])
        #expect(try filled(#"["{{text}}{{text}}"]"#, .embedding, [.text: "a"]) == ["aa"])
    }

    @Test func `a value that is absent takes its member or its place with it`() throws {
        let template = #"""
            {"p": "{{prompt}}", "stop": "{{stop}}", "system": "{{system}}", "rest": {"max": "{{max_tokens}}"},
            "list": [1, "{{temperature}}", 2]}
            """#
        #expect(
            try filled(template, .answering, [.prompt: "x"]) == ["p": "x", "rest": [:], "list": [1, 2]])
        #expect(
            try filled(template, .answering, [.prompt: "x", .stop: ["a"], .maxTokens: 5])
                == ["p": "x", "stop": ["a"], "rest": ["max": 5], "list": [1, 2]])
    }

    @Test(arguments: [
        #"""#, #"\"#, #"\""#, #"","admin":true,"x":""#, #"}}"#, "{{text}}", "{{texts}}", "{{purpose}}{{",
        #"{"inputs": "{{text}}"}"#, "\n\r\t\u{0}\u{1F}", "\u{2028}\u{FEFF}", "日本語 😀 e\u{301}", #"\u0022}"#,
        "",
    ])
    func `whatever a value looks like, it stays one value`(text: String) throws {
        let list = try filled(
            #"{"inputs": "{{texts}}", "purpose": "{{purpose}}"}"#, .embedding,
            [.texts: [.string(text), "b"], .text: "other", .purpose: "query"])
        #expect(list == ["inputs": [.string(text), "b"], "purpose": "query"])
        let within = try filled(
            #"{"inputs": "query: {{text}}; {{purpose}}"}"#, .embedding,
            [.text: .string(text), .purpose: "secret"])
        #expect(within == ["inputs": .string("query: \(text); secret")])
        // To the byte: strings that are canonically equal are not good enough.
        #expect(within["inputs"]?.string.map { Array($0.utf8) } == Array("query: \(text); secret".utf8))
    }

    @Test(arguments: [
        (#"{"inputs": "{{texts}}"#, "not JSON"), ("", "not JSON"), ("{{texts}}", "not JSON"),
        (#"{"a": {"b": ["{{texts}}", "{{text_s}}"]}}"#, "{{text_s}} at a.b[1]"),
        (#"{"a": "{{query}}", "b": "{{texts}}"}"#, "{{query}} at a"),
        (#"["{{}}", "{{texts}}"]"#, "{{}} at [0]"), (#"{"a": "x {{text"}"#, "{{ at a and does not close"),
        (#"{"{{text}}": "{{text}}"}"#, "name of a member"),
        (#"{"a": "texts: {{texts}}"}"#, "{{texts}} at a within a longer text"),
        (#"{"inputs": ["a"]}"#, "no {{texts}} or {{text}}"), (#"{"a": "{{purpose}}"}"#, "no {{texts}}"),
        (#"["{{text}}", "{{texts}}"]"#, "{{texts}} and {{text}}"),
    ])
    func `a fault is told with its place`(template: String, words: String) {
        let error = #expect(throws: RequestTemplateError.self) {
            try RequestTemplate(parsing: template, for: .embedding)
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func `each use needs what it is for`() throws {
        #expect(throws: RequestTemplateError.missingPlaceholder(anyOf: ["{{documents}}", "{{text}}"])) {
            try RequestTemplate(parsing: #"{"q": "{{query}}"}"#, for: .reranking)
        }
        #expect(throws: RequestTemplateError.missingPlaceholder(anyOf: ["{{query}}"])) {
            try RequestTemplate(parsing: #"{"q": "{{documents}}"}"#, for: .reranking)
        }
        #expect(throws: RequestTemplateError.missingPlaceholder(anyOf: ["{{messages}}", "{{prompt}}"])) {
            try RequestTemplate(parsing: #"{"q": "{{system}}"}"#, for: .answering)
        }
        #expect(throws: RequestTemplateError.contradiction(["{{messages}}", "{{prompt}}"])) {
            try RequestTemplate(parsing: #"["{{prompt}}", "{{messages}}"]"#, for: .answering)
        }
    }
}
