import Components
import Flow
import JSONValue

/// Takes texts into a corpus. What does it is handed in: answering knows nothing of ingesting.
public struct TextIngest: Sendable {
    /// Takes in the rows of a table as documents of a space.
    ///
    /// - Returns: how many documents were taken in.
    public var take: @Sendable (_ rows: Table, _ space: String, RunContext) async throws -> Int

    public init(take: @escaping @Sendable (Table, String, RunContext) async throws -> Int) {
        self.take = take
    }
}

/// Rows of text to documents of the corpus.
struct IngestTexts: Component {
    static let type = "Ingest"
    static let summary = "Takes rows of text into a space of the corpus, where searches find them."
    let data: Input<Table>
    let space: Parameter<String>
    let result: Output<Record>
    let ingest: TextIngest?

    init(_ declare: inout Declaration, ingest: TextIngest?) {
        self.ingest = ingest
        data = declare.input("data", "One document a row: text, and title and url where there are any.")
        space = declare.text("space", nil, maxBytes: 200, "The key of the space that they belong to.")
        result = declare.output("result", "How many were taken in.")
    }

    func run(_ step: Step) async throws {
        guard let ingest else { throw NoIngest() }
        let count = try await ingest.take(step[data], step[space], step.context)
        step.note("documents", Double(count))
        step.send(Record(["documents": .integer(count)]), to: result)
    }
}

/// A flow takes texts in, and this server's flows may not.
struct NoIngest: Error, CustomStringConvertible {
    var description: String {
        "Flows of this server only read the corpus; take texts in with `millrace ingest`."
    }
}
