import HTTPTypes
import JSONValue

/// One operation as the reference shows it.
struct ReferenceOperation: Sendable {
    let operation: Operation
    /// The named schemas of all operations.
    let schemas: [String: JSONValue]

    var section: HTMLText {
        let request = HTMLText.inline("code", "\(operation.method.rawValue) \(operation.path)")
        let example = HTMLText.inline("code", ReferenceExample(operation, schemas: schemas).command)
        return .element(
            "section", [("id", operation.id), ("class", "operation")],
            .element("h2", [], .prose(Self.title(operation))),
            .element("p", [("class", "request")], request),
            .element("p", [("class", "note")], access), parameters, requestBody, responses, problems,
            .element("h3", [], HTMLText("Example")),
            .element("pre", [("tabindex", "0")], example))
    }

    static func title(_ operation: Operation) -> String {
        operation.summary.prefix(1).uppercased() + operation.summary.dropFirst()
    }

    private var access: HTMLText {
        switch operation.access {
        case .open: HTMLText("For everybody.")
        case .caller: HTMLText("For every caller who is let in.")
        case .scope(let scope): HTMLText("Needs the scope ") + .inline("code", scope.rawValue) + HTMLText(".")
        case .signature: HTMLText("For whoever signs the body with the secret that both sides know.")
        }
    }

    private var parameters: HTMLText {
        guard !operation.parameters.isEmpty else { return .nothing }
        let rows = operation.parameters.map { parameter in
            var line = HTMLText.inline("code", parameter.name)
            line =
                line + HTMLText(" (\(parameter.place.rawValue)) ")
                + ReferenceSchema(parameter.schema.json).type
            if parameter.isRequired { line = line + HTMLText(" ") + .inline("strong", "required") }
            return HTMLText.element("li", [], line + .prose(" – \(parameter.summary)"))
        }
        return .element("h3", [], HTMLText("Parameters")) + .element("ul", [("class", "fields")], all: rows)
    }

    private var requestBody: HTMLText {
        guard let body = operation.body else { return .nothing }
        let schema = ReferenceSchema(body.schema.json)
        var line =
            HTMLText.inline("code", body.contentTypes.joined(separator: ", ")) + HTMLText(": ") + schema.type
        line = line + HTMLText.prose(" – \(body.summary)")
        if let limit = body.streamLimitBytes { line = line + HTMLText("; \(limit) bytes at most") }
        return .element("h3", [], HTMLText("Body")) + .element("p", [], line) + schema.fields
    }

    private var responses: HTMLText {
        let rows = operation.responses.map { response in
            let line =
                HTMLText.inline("code", String(response.status)) + HTMLText.prose(" \(response.summary)")
            return HTMLText.element("li", [], line, content(of: response))
        }
        return .element("h3", [], HTMLText("Responses")) + .element("ul", [("class", "fields")], all: rows)
    }

    private func content(of response: ResponseDeclaration) -> HTMLText {
        switch response.content {
        case .none: return .nothing
        case .bytes(let type): return HTMLText(": ") + .inline("code", type)
        case .json(let schema):
            let shown = ReferenceSchema(schema.json)
            return HTMLText(": ") + .inline("code", "application/json") + HTMLText(", ") + shown.type
                + shown.fields
        case .events(let events):
            let rows = events.map { event in
                let shown = ReferenceSchema(event.schema.json)
                return HTMLText.element(
                    "li", [], .inline("code", event.name) + HTMLText(" ") + shown.type, shown.fields)
            }
            return HTMLText(": ") + .inline("code", "text/event-stream") + HTMLText(", events:")
                + .element("ul", [("class", "fields")], all: rows)
        case .socket(let socket):
            return HTMLText(". The client sends: \(socket.receives). The server sends: \(socket.sends).")
        }
    }

    private var problems: HTMLText {
        let kinds = operation.allProblems
        let links = kinds.enumerated().reduce(HTMLText.nothing) { text, kind in
            text + HTMLText(kind.offset > 0 ? ", " : "")
                + .inline("a", [("href", "../problems/\(kind.element.rawValue)")], kind.element.rawValue)
                + HTMLText(" (\(operation.failureForm.status(of: kind.element).code))")
        }
        return .element("h3", [], HTMLText("Problems")) + .element("p", [], links)
    }
}
