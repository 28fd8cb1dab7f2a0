import Flow
import JSONValue

/// A record that the flow writes out.
struct CreateData: ImmediateComponent {
    static let type = "CreateData"
    static let summary = "Gives a record that stands in the flow."
    let value: Parameter<JSONValue>
    let data: Output<Record>

    init(_ declare: inout Declaration) {
        value = declare.json("value", [:], "An object: the record's members.")
        data = declare.output("data", "The record.")
    }

    func compute(_ step: Step) throws {
        guard let members = step[value].object else {
            throw DataError.wrongParameter(
                name: "value", reason: "must be an object; it is of the kind \(step[value].kind)")
        }
        step.send(Record(members), to: data)
    }
}
