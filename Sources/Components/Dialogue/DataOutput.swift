import Flow
import JSONValue

/// Data that the run ends with.
struct DataOutput: ImmediateComponent {
    static let type = "DataOutput"
    static let summary = "Data as a result of the flow: a record, a table, a message or a text, as JSON."
    let value: Input<JSONValue>
    let result: Output<JSONValue>

    init(_ declare: inout Declaration) {
        value = declare.input("value", "The data.")
        result = declare.output("value", "The same.")
    }

    func compute(_ step: Step) { step.send(step[value], to: result) }
}
