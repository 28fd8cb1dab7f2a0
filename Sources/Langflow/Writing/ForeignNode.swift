import Flow
import JSONValue

/// A component that Langflow has not, as a component of its own: it shows the ports, and refuses to run there.
struct ForeignNode {
    var template: [String: JSONValue] = [:]
    var code: String
    /// With `outputs`, as those of known nodes.
    var json: JSONValue

    init(_ made: Canvas.Component, _ canvas: Canvas) {
        let inputs = Set(canvas.edges.filter { $0.to.component == made.id }.map(\.to.port)).sorted()
        let outputs = Set(canvas.edges.filter { $0.from.component == made.id }.map(\.from.port)).sorted()
        let ports = ComponentPorts.known[made.type]
        let types: JSONValue = ["Message", "Data", "JSON", "DataFrame", "Table"]
        for name in inputs {
            template[name] = ["_input_type": "HandleInput", "type": "other", "input_types": types]
        }
        for (name, value) in made.parameters where template[name] == nil {
            template[name] = [
                "_input_type": "StrInput", "type": "str",
                "value": .string(value.string ?? ((try? value.text()) ?? "")),
            ]
        }
        json = [
            "outputs": .array(
                outputs.map { name in
                    let gives = Self.types(ports?.payload(ofOutput: name) ?? .message)
                    return WrittenNode.output(name, name, gives, "run_in_millrace")
                })
        ]
        let lines = inputs.map {
            "        HandleInput(name=\(Self.quoted($0)), input_types=[\"Message\", \"Data\", \"DataFrame\"]),"
        }
        let ends = outputs.map {
            "        Output(name=\(Self.quoted($0)), display_name=\(Self.quoted($0)), method=\"run_in_millrace\"),"
        }
        code = """
            from lfx.custom import Component
            from lfx.io import HandleInput, Output
            from lfx.schema.message import Message


            class MillraceComponent(Component):
                display_name = \(Self.quoted(made.type))
                name = \(Self.quoted(made.type))
                inputs = [
            \(lines.joined(separator: "\n"))
                ]
                outputs = [
            \(ends.joined(separator: "\n"))
                ]

                def run_in_millrace(self) -> Message:
                    raise NotImplementedError(\(Self.quoted("\(made.type) runs in Millrace alone.")))

            """
    }

    static func types(_ payload: PortPayload) -> [String] {
        switch payload {
        case .message, .text, .messages: ["Message"]
        case .data, .json: ["Data", "JSON"]
        case .table: ["DataFrame", "Table"]
        case .tools: ["Tool"]
        }
    }

    /// A text as Python writes it: JSON's strings are Python's.
    private static func quoted(_ text: String) -> String {
        (try? JSONValue.string(text).text()) ?? "\"\""
    }
}
