import Concurrency
import Flow
import JSONValue
import Synchronization

/// Runs its body again and again, as long as a branch in it leads back.
///
/// A value that is carried goes out of the body where an edge would lead back to something earlier, and comes in again in
/// the next round. A round that carries nothing is the last one.
struct Repeat: Component {
    static let type = "Repeat"
    static let summary =
        "Runs a part of the flow again, as long as a branch in it leads back to its beginning."
    let rounds: Parameter<Int>
    let seconds: Parameter<Double>
    let body: Body
    let number: BodyInput<Int>
    let given: [GivenPort]
    let carried: [CarriedPort]
    let results: [ResultPort]
    /// What is wrong with its lists of ports, told when it is run: while a flow is checked, a component has no say.
    let fault: RepeatPortsError?

    init(_ declare: inout Declaration) {
        rounds = declare.integer(
            "rounds", 100, in: 1...10_000, unit: "rounds",
            "How often it may run; if it is led back once more, the run fails.")
        seconds = declare.number(
            "seconds", 600, in: 0.001...86_400, unit: "s", "How long all rounds together may take.")
        let meaning = "An object: names of ports, each with the payload that it carries"
        let given = declare.json(
            "given", [:], "\(meaning). Inputs of the component whose values every round of the body is given."
        )
        let carried = declare.json(
            "carried", [:],
            """
            \(meaning), or with {"payload": …, "by": …}, which names in errors what leads back. Inputs of the component \
            that the first round is given, and what a round makes under that name is given to the next one.
            """)
        let results = declare.json(
            "results", [:], "\(meaning). Outputs of the component: what the last round that made them made.")
        body = declare.body("round", "What is done in one round.")
        number = declare.input(of: body, "round", "Which round it is, counted from 1.")
        let ports = RepeatPorts(
            given: declare.fixed(given) ?? [:], carried: declare.fixed(carried) ?? [:],
            results: declare.fixed(results) ?? [:])
        fault = ports.fault
        let inner = body
        self.given = ports.given.map { $0.payload.given($0.name, of: inner, &declare) }
        self.carried = ports.carried.map { $0.payload.carried($0.name, by: $0.by, of: inner, &declare) }
        self.results = ports.results.map { $0.payload.result($0.name, of: inner, &declare) }
    }

    func run(_ step: Step) async throws {
        if let fault { throw fault }
        let limit = Duration.seconds(step[seconds])
        let reached = RoundCount()
        do {
            try await withDeadline(limit, clock: step.context.clock) { try await rounds(of: step, reached) }
        } catch is DeadlineExceeded {
            throw RepeatError.tooLong(
                seconds: step[seconds], round: reached.number.load(ordering: .relaxed),
                by: carried.compactMap(\.by).first)
        }
        step.note("rounds", Double(reached.number.load(ordering: .relaxed)))
    }

    private func rounds(of step: Step, _ reached: RoundCount) async throws {
        var state = carried.map { $0.first(step) }
        for round in 1...step[rounds] {
            reached.number.store(round, ordering: .relaxed)
            var values = step.values(for: body)
            values.set(round, for: number)
            for port in given { port.put(step, &values) }
            for (port, value) in zip(carried, state) {
                if let value { port.put(value, &values) }
            }
            let result = try await self.round(round, values, step)
            for port in results { port.send(result, step) }
            let back = carried.map { $0.back(result) }
            guard back.contains(where: { $0 != nil }) else { return }
            // What a round does not carry stays as it was.
            for place in state.indices { state[place] = back[place] ?? state[place] }
        }
        throw RepeatError.tooManyRounds(limit: step[rounds], by: carried.compactMap(\.by).first)
    }

    private func round(
        _ number: Int, _ values: Step.BodyValues, _ step: Step
    ) async throws -> Step.BodyResult {
        do {
            return try await step.run(values, number: number - 1)
        } catch FlowError.step(let failure) {
            throw RepeatError.round(number, failure)
        }
    }
}

/// Which round goes on.
private final class RoundCount: Sendable {
    let number = Atomic(0)
}

/// Why rounds ended early.
enum RepeatError: Error {
    /// - by: the component that led back.
    case tooManyRounds(limit: Int, by: String?)
    case tooLong(seconds: Double, round: Int, by: String?)
    /// A step of the body threw.
    case round(Int, StepFailure)
}

extension RepeatError: CustomStringConvertible {
    var description: String {
        switch self {
        case .tooManyRounds(let limit, let by):
            """
            after \(limit) rounds \(by.map { "“\($0)”" } ?? "its body") still led back to the beginning. Let its comparison \
            come out otherwise in time, give it a default branch that leads on, or raise `rounds`.
            """
        case .tooLong(let seconds, let round, let by):
            """
            its rounds were not done within \(seconds) s; it was round \(round), \
            \(by.map { "to which “\($0)” may lead back" } ?? "which may lead back"). Make the rounds fewer or faster, or \
            raise `seconds`.
            """
        case .round(let number, let failure):
            "round \(number) failed at “\(failure.component)”: \(failure.error)"
        }
    }
}

extension RepeatError: RetryableError {
    var isRetryable: Bool {
        if case .round(_, let failure) = self {
            return (failure.error as? any RetryableError)?.isRetryable ?? false
        }
        return false
    }
}
