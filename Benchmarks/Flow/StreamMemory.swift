import Concurrency
import Flow
import Foundation
import JSONValue

/// What does a run hold whose reader is slow? A stream of 1 MB, read at about 10 kB/s for some seconds.
enum StreamMemory {
    static let runs = 50

    static func measure() async throws {
        var catalog = ComponentCatalog()
        catalog.register(Pour.self) { Pour(&$0) }
        let graph = FlowGraph(
            components: [FlowGraph.Node(id: "pour", type: "Pour")], edges: [],
            outputs: ["output": PortReference("pour", "bytes")])
        let plan = try PlanCompiler(catalog: catalog).plan(FlowDefinition(name: "pour", graph: graph))
        let idle = try ResidentMemory.now()
        var readers: [Task<Int, any Error>] = []
        var started: [Run] = []
        for number in 0..<runs {
            let (run, events) = try plan.start(in: RunContext(runID: "bench-\(number)"))
            started.append(run)
            readers.append(
                Task {
                    var bytes = 0
                    for try await event in events {
                        if case .emitted(_, let emission) = event.kind { bytes += emission.byteCount }
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    return bytes
                })
        }
        try await Task.sleep(for: .seconds(5))
        let busy = try ResidentMemory.now()
        for reader in readers { reader.cancel() }
        for run in started { run.cancel() }
        let perRun = Double(busy.anonymous - idle.anonymous) / Double(runs) / 1_024
        print(
            "\n1 MB stream, reader at 10 kB/s: \(EngineBenchmark.format(perRun, 0)) kB a run, of \(runs) runs"
        )
    }
}

/// Tells a megabyte in pieces of one kilobyte.
private struct Pour: Component {
    static let type = "Pour"
    static let summary = "Tells a megabyte."
    let bytes: Output<Int>

    init(_ declare: inout Declaration) {
        bytes = declare.output("bytes", "How many.")
    }

    struct Kilobyte: Emission {
        static let emissionName = "kilobyte"
        var text: String
        var json: JSONValue { .string(text) }
        var byteCount: Int { text.utf8.count }
    }

    func run(_ step: Step) async throws {
        for number in 0..<1_024 {
            try await step.emit(
                Kilobyte(
                    text: String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: 1_024)))
        }
        step.send(1 << 20, to: bytes)
    }
}
