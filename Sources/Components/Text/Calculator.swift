import Flow

/// A number that an expression comes to.
struct Calculator: ImmediateComponent {
    static let type = "Calculator"
    static let summary =
        """
        Works out arithmetic as Python does: + - * / // % **, brackets, pi, e, sqrt, abs, min, max, round, floor, ceil, \
        log and exp.
        """
    let expression: Input<String>
    let result: Output<Record>

    init(_ declare: inout Declaration) {
        expression = declare.input(
            "expression", "Such as 4 * (33 / 22) + 12 ** 2; at most 1,000 characters.")
        result = declare.output("result", "The number, as `result`.")
    }

    func compute(_ step: Step) throws {
        let value = try CalculatorExpression.value(of: step[expression])
        step.send(Record(["result": value.json]), to: result)
    }
}

extension ComponentCatalog {
    /// Adds ``Calculator``, which needs nothing from outside.
    public mutating func addCalculator() {
        register(Calculator.self, in: .text) { Calculator(&$0) }
    }
}
