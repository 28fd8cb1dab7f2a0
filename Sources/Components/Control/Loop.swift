import Concurrency
import Flow
import JSONValue

/// Runs its body for each row of a table.
struct Loop: Component {
    static let type = "Loop"
    static let summary = "Runs a part of the flow for each row of a table, and gathers what it makes."
    let items: Input<Table>
    let concurrency: Parameter<Int>
    let limit: Parameter<Int>
    let each: Body
    let item: BodyInput<Record>
    let made: BodyOutput<JSONValue>
    let results: Output<Table>

    init(_ declare: inout Declaration) {
        items = declare.input("items", "The rows.")
        concurrency = declare.integer(
            "concurrency", 1, in: 1...16, unit: "items", "How many are worked on at once.")
        limit = declare.integer(
            "limit", 10_000, in: 1...10_000, unit: "items",
            "How many there may be; with more it does not begin.")
        each = declare.body("each", "What is done with one item.")
        item = declare.input(of: each, "item", "The row.")
        made = declare.output(of: each, "result", "What becomes of it.")
        results = declare.output(
            "results",
            """
            A row for each item, in the items' order: an object's members, a text as `text`. An item whose branch makes \
            no result has none.
            """)
    }

    func run(_ step: Step) async throws {
        let rows = step[items].rows
        guard rows.count <= step[limit] else {
            throw LoopError.tooManyItems(count: rows.count, limit: step[limit])
        }
        var made = [JSONValue?](repeating: nil, count: rows.count)
        try await withThrowingTaskGroup(of: (Int, JSONValue?).self) { group in
            var next = 0
            func begin() {
                guard next < rows.count else { return }
                let number = next
                next += 1
                group.addTask { (number, try await result(of: rows[number], number, rows.count, step)) }
            }
            for _ in 0..<step[concurrency] { begin() }
            while let (number, value) = try await group.next() {
                made[number] = value
                begin()
            }
        }
        step.note("items", Double(rows.count))
        step.send(Table(any: .array(made.compactMap(\.self))), to: results)
    }

    private func result(
        of row: Record, _ number: Int, _ count: Int, _ step: Step
    ) async throws -> JSONValue? {
        var values = step.values(for: each)
        values.set(row, for: item)
        do {
            return try await step.run(values, number: number)[made]
        } catch FlowError.step(let failure) {
            throw LoopError.item(number: number + 1, of: count, failure)
        }
    }
}

/// Why a loop ended early.
enum LoopError: Error {
    case tooManyItems(count: Int, limit: Int)
    /// A step of the body threw; the others' work is lost.
    case item(number: Int, of: Int, StepFailure)
}

extension LoopError: CustomStringConvertible {
    var description: String {
        switch self {
        case .tooManyItems(let count, let limit):
            "there are \(count) items; at most \(limit) are worked on. Filter the table, or raise `limit`."
        case .item(let number, let count, let failure):
            "item \(number) of \(count) failed at “\(failure.component)”: \(failure.error)"
        }
    }
}

extension LoopError: RetryableError {
    var isRetryable: Bool {
        if case .item(_, _, let failure) = self {
            return (failure.error as? any RetryableError)?.isRetryable ?? false
        }
        return false
    }
}
