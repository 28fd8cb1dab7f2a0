import Components
import Concurrency
import Flow
import JSONValue
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A loop` {
    /// A body of one component that takes the item and makes the result.
    private func body(of type: String, _ parameters: [String: JSONValue] = [:]) -> [String: FlowBody] {
        [
            "each": .graph(
                FlowGraph(
                    components: [.init(id: "work", type: type, parameters: parameters)],
                    edges: [.init(from: PortReference("input", "item"), to: PortReference("work", "item"))],
                    outputs: ["result": PortReference("work", "result")]))
        ]
    }

    private func catalog(_ work: @escaping @Sendable (Record) async throws -> JSONValue) -> ComponentCatalog {
        var catalog = ComponentCatalog.plain()
        catalog.register(Work.self) { Work(&$0, work: work) }
        return catalog
    }

    private func results(
        _ items: any Payload, _ parameters: [String: JSONValue] = [:],
        work: @escaping @Sendable (Record) async throws -> JSONValue
    ) async throws -> Table? {
        try await run(
            one: "Loop", parameters, bodies: body(of: "Work"), inputs: ["items": items],
            catalog: catalog(work)
        ).output(Table.self, named: "results")
    }

    private func items(_ count: Int) -> Table {
        Table((0..<count).map { Record(["n": .integer($0)]) })
    }

    @Test func `works on each row and gathers what is made`() async throws {
        let results = try await results(items(3)) { item in
            ["square": .integer((item.values["n"]?.integer ?? 0) * (item.values["n"]?.integer ?? 0))]
        }
        #expect(results?.rows == [0, 1, 4].map { Record(["square": $0]) })
    }

    @Test func `takes a text as a row, and a lone record as an item`() async throws {
        let texts = try await results(items(2)) { .string("item \($0.values["n"]?.integer ?? -1)") }
        #expect(texts?.rows == [Record(["text": "item 0"]), Record(["text": "item 1"])])
        let one = try await results(Record(["n": 5, "m": 1])) { $0.json }
        #expect(one?.rows == [Record(["n": 5, "m": 1])])
        let none = try await results(Table()) { $0.json }
        #expect(none?.rows.isEmpty == true)
    }

    @Test func `works on one after another unless told otherwise`() async throws {
        let log = WorkLog()
        _ = try await results(items(20)) { item in
            await log.enter()
            await Task.yield()
            await log.leave(item.values["n"]?.integer ?? -1)
            return .null
        }
        #expect(await log.most == 1)
        #expect(await log.order == Array(0..<20))
    }

    @Test func `keeps the items' order when several are worked on at once`() async throws {
        // Each ends only after the one behind it: without all of them at once nothing would end.
        let log = WorkLog()
        let results = try await results(items(6), ["concurrency": 6]) { item in
            let number = item.values["n"]?.integer ?? -1
            if number < 5 { await log.waitFor(number + 1) }
            await log.leave(number)
            return item.json
        }
        #expect(await log.order == [5, 4, 3, 2, 1, 0])
        #expect(results?.rows == items(6).rows)
    }

    @Test func `works on no more at once than it is told`() async throws {
        let log = WorkLog()
        _ = try await results(items(30), ["concurrency": 3]) { item in
            await log.enter()
            for _ in 0..<5 { await Task.yield() }
            await log.leave(item.values["n"]?.integer ?? -1)
            return .null
        }
        #expect(await log.most <= 3)
        #expect(await log.order.sorted() == Array(0..<30))
    }

    @Test func `names the item that failed and where`() async throws {
        let error = await failure {
            _ = try await results(items(3)) { item in
                if item.values["n"] == 1 { throw Spilt(isRetryable: false) }
                return .null
            }
        }
        let reason = error.map { "\($0)" } ?? ""
        #expect(reason.contains("item 2 of 3"))
        #expect(reason.contains("it/each/work"))
        #expect(reason.contains("milk"))
    }

    @Test(arguments: [true, false]) func `says whether trying again may help`(isRetryable: Bool) async throws
    {
        let error = await failure {
            _ = try await results(items(1)) { _ in throw Spilt(isRetryable: isRetryable) }
        }
        #expect((error as? any RetryableError)?.isRetryable == isRetryable)
    }

    @Test func `does not begin with more items than its limit`() async throws {
        let log = WorkLog()
        let error = await failure {
            _ = try await results(items(4), ["limit": 3]) { _ in
                await log.enter()
                return .null
            }
        }
        #expect(error.map { "\($0)".contains("4 items") } == true)
        #expect(await log.most == 0)
    }

    @Test func `leaves out an item whose branch makes no result`() async throws {
        let graph = FlowGraph(
            components: [
                .init(id: "parse", type: "Parser", parameters: ["template": "{n}"]),
                .init(id: "if", type: "If", parameters: ["operator": "greater_than", "match": "1"]),
                .init(id: "end", type: "DataOutput"),
            ],
            edges: [
                .init(from: PortReference("input", "item"), to: PortReference("parse", "input")),
                .init(from: PortReference("parse", "message"), to: PortReference("if", "text")),
                .init(from: PortReference("input", "item"), to: PortReference("if", "message")),
                .init(from: PortReference("if", "true_result"), to: PortReference("end", "value")),
            ], outputs: ["result": PortReference("end", "value")])
        let outcome = try await run(
            one: "Loop", bodies: ["each": .graph(graph)], inputs: ["items": items(4)], catalog: .plain())
        let rows = outcome.output(Table.self, named: "results")?.rows
        #expect(rows?.map(\.values["text"]) == [#"{"n":2}"#, #"{"n":3}"#])
    }

    @Test func `stays within the run's budget`() async throws {
        let alone = LoneComponent(
            "Loop", bodies: body(of: "Work"), inputs: ["items": items(50)], catalog: catalog { _ in .null })
        let error = await failure {
            _ = try await run(
                alone.graph, inputs: alone.inputs, catalog: catalog { _ in .null },
                budget: RunBudget(steps: 10))
        }
        guard case .budget(_, .steps, _)? = error as? FlowError else {
            Issue.record("the budget is told as such, not as an item's fault: \(String(describing: error))")
            return
        }
    }
}

/// Does what a test wants with an item.
private struct Work: Component {
    static let type = "Work"
    static let summary = "Does what a test wants with an item."
    let item: Input<Record>
    let result: Output<JSONValue>
    let work: @Sendable (Record) async throws -> JSONValue

    init(_ declare: inout Declaration, work: @escaping @Sendable (Record) async throws -> JSONValue) {
        item = declare.input("item", "The item.")
        result = declare.output("result", "What becomes of it.")
        self.work = work
    }

    func run(_ step: Step) async throws { step.send(try await work(step[item]), to: result) }
}

private struct Spilt: RetryableError, CustomStringConvertible {
    var isRetryable: Bool
    var description: String { "the milk is spilt" }
}

/// Who works, and in which order they ended.
private actor WorkLog {
    private(set) var order: [Int] = []
    private(set) var most = 0
    private var working = 0
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    func enter() {
        working += 1
        most = max(most, working)
    }

    func leave(_ number: Int) {
        working -= 1
        order.append(number)
        waiting.removeValue(forKey: number)?.resume()
    }

    /// Returns when that one has left.
    func waitFor(_ number: Int) async {
        guard !order.contains(number) else { return }
        await withCheckedContinuation { waiting[number] = $0 }
    }
}
