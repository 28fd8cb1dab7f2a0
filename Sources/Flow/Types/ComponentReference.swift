import JSONValue

/// What people read of a catalogue: every component as its own declaration tells it, in Markdown.
extension ComponentCatalog {
    /// One section a component, in the order of their names.
    public var reference: String {
        components.map(\.reference).joined(separator: "\n")
    }
}

extension ComponentType {
    /// Ports and parameters in tables, under a heading of the second level.
    public var reference: String {
        let declared = declaration
        var text = "## \(name)\n\n\(summary)\n"
        text += Self.table(
            ["input", "takes", "", ""],
            declared.inputs.map { [Self.code($0.name), $0.payload, $0.meaning, Self.note(input: $0)] }
                + declared.toolInputs.map {
                    [Self.code($0.name), "tools", $0.meaning, "any number of edges"]
                })
        text += Self.table(
            ["output", "gives", "", ""],
            declared.outputs.map {
                [
                    Self.code($0.name), $0.payload, $0.meaning,
                    $0.presence == .optional ? "a branch: only when it is taken" : "",
                ]
            })
        text += Self.table(
            ["parameter", "takes", "", "without it"],
            declared.parameters.map { parameter in
                let range = [parameter.kind.range, parameter.unit ?? ""].filter { !$0.isEmpty }
                return [
                    Self.code(parameter.name), range.joined(separator: " "), parameter.meaning,
                    parameter.standard.map { Self.code($0.written) } ?? "must be given",
                ]
            })
        for body in declared.bodies {
            let takes = body.inputs.map { "\(Self.code($0.name)) (\($0.payload))" }.joined(separator: ", ")
            let gives = body.outputs.map { "\(Self.code($0.name)) (\($0.payload))" }.joined(separator: ", ")
            text += "\nBody \(Self.code(body.name)): \(body.meaning) It takes \(takes) and gives \(gives).\n"
        }
        return text
    }

    private static func note(input: PortDeclaration) -> String {
        switch input.presence {
        case .required: "exactly one edge"
        case .optional: "at most one edge"
        case .list: "any number of edges"
        }
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let lines = [head, head.map { _ in "---" }] + rows
        return "\n" + lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    private static func code(_ text: String) -> String { "`\(text)`" }
}

extension ParameterKind {
    /// What it takes, with its limits: `whole number, 1 to 1000`.
    var range: String {
        switch self {
        case .integer(let allowed): "whole number, \(allowed.lowerBound) to \(allowed.upperBound)"
        case .number(let allowed):
            """
            number, \(JSONValue.number(allowed.lowerBound).written) to \
            \(JSONValue.number(allowed.upperBound).written)
            """
        case .text(let limit): "text, at most \(limit) bytes"
        case .choice(let allowed): allowed.map { "`\($0)`" }.joined(separator: ", ")
        case .list(let element, let limit): "at most \(limit) of: \(element.range)"
        case .numbers(let allowed, let limit):
            "at most \(limit) names, each with a \(ParameterKind.number(allowed).range)"
        case .flag, .json, .secret: name
        }
    }
}

extension JSONValue {
    /// As JSON text; a number that JSON cannot write is told as Swift does.
    fileprivate var written: String { (try? text()) ?? "\(self)" }
}
