import Foundation
import HTTPTypes

/// `GET /problems/{kind}`: what a problem means and what to do, for people and for programs.
enum ProblemOperations {
    static let operations: [Operation] = [
        .open(
            "listProblems", .get, "/problems", summary: "every kind of problem, with what it means",
            section: "problems", inputs: .readsPages,
            responses: [
                .json(ProblemListDocument.self, "the kinds, by name"),
                .bytes(ReferencePage.contentType, "the same for a browser"),
            ]
        ) { readsPages in
            let kinds = ProblemKind.allCases.sorted { $0.rawValue < $1.rawValue }
            return try readsPages
                ? told(list(kinds))
                : .json(ProblemListDocument(problems: kinds.map { ProblemKindDocument($0) }))
        },
        .open(
            "getProblem", .get, "/problems/{kind}", summary: "what a kind of problem means, and what to do",
            section: "problems",
            inputs: Inputs.path("kind", kind, "the last part of the problem’s type").and(.readsPages),
            responses: [
                .json(ProblemKindDocument.self, "the kind"),
                .bytes(ReferencePage.contentType, "the same for a browser"),
            ], problems: [.notFound]
        ) { input in
            guard let kind = ProblemKind(rawValue: input.0) else {
                throw RequestFault.notFound(path: "/problems/\(input.0.prefix(100))")
            }
            return try input.1 ? told(page(kind)) : .json(ProblemKindDocument(kind))
        },
    ]

    /// Any text is looked for; only these are found.
    private static let kind = ParameterType<String>(
        schema: .choice(ProblemKind.allCases.map(\.rawValue)), isChecked: false,
        expectation: "a kind of problem"
    ) { $0 }

    private static func told(_ page: ReferencePage) -> APIResponse {
        APIResponse(
            headers: [
                .contentType: ReferencePage.contentType,
                .contentSecurityPolicy: SecurityHeaders.readingPolicy,
                .vary: "Accept",
            ], body: .data(page.document.bytes))
    }

    private static func list(_ kinds: [ProblemKind]) -> ReferencePage {
        let rows = kinds.map { kind in
            HTMLText.element(
                "li", [],
                .inline("a", [("href", "problems/\(kind.rawValue)")], kind.rawValue)
                    + HTMLText(" (\(kind.status.code)) \(ProblemExplanation(kind).meaning)"))
        }
        return ReferencePage(
            title: "Problems", root: "", path: [("HTTP API", "docs")],
            content: [.element("ul", [("class", "operations")], all: rows)])
    }

    private static func page(_ kind: ProblemKind) -> ReferencePage {
        let explanation = ProblemExplanation(kind)
        return ReferencePage(
            title: explanation.title, root: "../", path: [("HTTP API", "docs"), ("Problems", "problems")],
            content: [
                .element(
                    "p", [("class", "request")],
                    .inline("code", String(kind.status.code)) + HTMLText(" ")
                        + .inline("code", kind.urn)),
                ReferencePage.paragraph(explanation.meaning),
                .element("h2", [], HTMLText("What to do")),
                ReferencePage.paragraph(explanation.remedy),
            ])
    }
}

/// A kind of problem, explained.
struct ProblemKindDocument: ResponseDocument {
    var type: String
    var status: Int
    var title: String
    var meaning: String
    var remedy: String

    init(_ kind: ProblemKind) {
        let explanation = ProblemExplanation(kind)
        type = kind.urn
        status = kind.status.code
        title = explanation.title
        meaning = explanation.meaning
        remedy = explanation.remedy
    }

    static var schema: JSONSchema {
        .object(required: [
            "type": .choice(ProblemKind.allCases.map(\.urn)), "status": .integer, "title": .text,
            "meaning": .text, "remedy": .text,
        ]).named("ProblemKind")
    }
}

/// Every kind of problem.
struct ProblemListDocument: ResponseDocument {
    var problems: [ProblemKindDocument]

    static var schema: JSONSchema {
        .object(required: ["problems": .list(of: ProblemKindDocument.schema)]).named("ProblemKindList")
    }
}

extension Inputs<Bool> {
    /// Whether the client would rather have HTML than JSON, as browsers do.
    fileprivate static var readsPages: Inputs<Bool> {
        Inputs(parameters: [], body: nil) { routed in
            let list = WeightedList(routed.request.headers[values: .accept])
            let html = list.weight(of: "text/html", "text/*", "*/*") ?? 0
            return html > list.weight(of: "application/json", "application/*", "*/*") ?? 0
        }
    }
}
