import Foundation
import TestSupport
import Testing

/// `why-not`, `flows run` and `eval` while another process serves the data folder.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A command on a folder that is served` {
    private static let reader = ["--as", "group:confluence-users"]
    private static let lead = HandbookFolder.lead
    private static let named = ["--set", "tenants=acme"]
    private static let echo = """
        {"name": "echo", "output": "out.message",
         "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "out.message"}]}
        """
    private static let remembering = """
        {"name": "remembering", "outputs": {"answer": "out.message", "before": "before.message"},
         "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"},
           {"id": "memory", "type": "Memory"}, {"id": "before", "type": "TextOutput"}],
         "edges": [{"from": "in.message", "to": "out.message"}, {"from": "memory.text", "to": "before.message"}]}
        """
    private static let model = """
        {"name": "model", "output": "out.message",
         "components": [{"id": "in", "type": "ChatInput"}, {"id": "model", "type": "LanguageModel"},
           {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "model.input"}, {"from": "model.message", "to": "out.message"}]}
        """
    private static let questions = HandbookFolder.questions
    private static let leaking = questions.replacing("\"anyone\"", with: "\"group:confluence-users\"")

    private let folder: TemporaryDirectory
    private let data: URL

    init() throws {
        let handbook = try HandbookFolder()
        (folder, data) = (handbook.folder, handbook.data)
    }

    private func file(_ text: String, _ name: String) throws -> String {
        try folder.write(text, to: name).path
    }

    /// What a run says, without times and the names of the run.
    private func said(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String] {
        let run = try CommandLineRun(arguments, data: data, environment: environment)
        let changing = try Regex(
            #" *[0-9.]+ ms( [█ ]+)?|"(run_id|duration_ms|ms|version)" ?: ?("[^"]*"|[0-9.e-]+)"#)
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("latency ") }
        let errors = run.errors.split(separator: "\n").filter { !$0.hasSuffix(" questions") }
        let shown = lines.map { String($0).replacing(changing, with: "") }
        // Steps beside each other end in any order.
        return ["\(run.status)"] + errors.map { String($0) }
            + (arguments.contains("--trace") ? shown.sorted() : shown)
    }

    private func ends(_ server: RunningProgram) async throws {
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
    }

    @Test func `says the same as when nobody serves it, as whoever asks`() async throws {
        let (echo, set) = (try file(Self.echo, "echo.json"), try file(Self.questions, "questions.jsonl"))
        let leaking = try file(Self.leaking, "leaking.jsonl")
        let other = try file("search:\n  ef_search: 64\n  floor: 0.9\n", "other.yaml")
        #expect(try CommandLineRun(["flows", "import", echo] + Self.reader, data: data).status == 0)
        let (leave, days) = ("Leave and public holidays", "How many days off do I get?")
        let salary = "Salary bands of senior engineers"
        let commands = [
            ["why-not", leave, days] + Self.reader, ["why-not", leave, days, "--json"] + Self.reader,
            ["why-not", leave, days, "--as", "anyone"], ["why-not", "No such page", days] + Self.reader,
            ["why-not", leave, "?"] + Self.reader,
            ["flows", "run", "question-answering", salary, "--trace"] + Self.lead,
            ["flows", "run", "question-answering", "How long are logs kept?", "--trace"] + Self.reader,
            ["flows", "run", echo, "Hello"], ["flows", "run", echo, "Hello", "--json"],
            ["flows", "run", echo, "Hello", "--trace", "--param", "out.sender_name=Mill"],
            ["flows", "run", "echo", "Mine"] + Self.reader,
            ["flows", "run", "echo", "Another's", "--as", "user:somebody"],
            ["flows", "run", echo, "Hello", "--param", "none.at_all=1"],
            ["flows", "run", echo, "Hello", "--param", "wrong"], ["flows", "run", "none", "Hello"],
            ["eval", set, "--failures"], ["eval", set, "--half", "report"], ["eval", leaking, "--failures"],
            ["eval", set, "--compare", other, "--failures"],
        ]
        let before = try commands.map { try said($0) }
        #expect(before[17].first == "1", "\(before[17])")
        #expect(before[18].contains { $0.contains("against \(other)") })
        let (server, _) = try await RunningProgram.server(data: data)
        for (command, expected) in zip(commands, before) {
            #expect(try said(command) == expected, "\(command)")
        }
        try await ends(server)
    }

    @Test func `writes one report, with which a later one is compared`() async throws {
        let set = try file(Self.questions, "questions.jsonl")
        let alone = try CommandLineRun(["eval", set, "--json"], data: data)
        let report = try file(alone.output, "report.json")
        let page = folder.url.appendingPathComponent("report.html")
        let (server, _) = try await RunningProgram.server(data: data)
        let run = try CommandLineRun(
            ["eval", set, "--against", report, "--html", page.path, "--json"], data: data)
        #expect(run.status == 0, "\(run.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let comparison = try #require(object["comparison"] as? [String: Any])
        #expect(comparison["questions"] as? Int == 2)
        #expect(try String(contentsOf: page, encoding: .utf8).hasPrefix("<!doctype html>"))
        let differing = try CommandLineRun(["eval", set, "--set", "search.floor=0.9"], data: data)
        #expect(differing.status == 1)
        #expect(differing.errors.contains("has other values for search.floor"), "\(differing.errors)")
        let embedding = try file("embedding:\n  provider: openai\n", "embedding.yaml")
        let refused = try CommandLineRun(["eval", set, "--compare", embedding], data: data)
        #expect(refused.status == 1, "\(refused.output)")
        #expect(refused.errors.contains("embed with different models"), "\(refused.errors)")
        try await ends(server)
    }

    @Test func `goes on with the conversations that are kept`() async throws {
        let flow = try file(Self.remembering, "remembering.json")
        let run = ["flows", "run", flow]
        #expect(try CommandLineRun(run + ["one", "--session", "s"], data: data).status == 0)
        let (server, _) = try await RunningProgram.server(data: data)
        let second = try CommandLineRun(run + ["two", "--session", "s"], data: data)
        #expect(second.output.contains("User: one"), "\(second.output) \(second.errors)")
        try await ends(server)
        let third = try CommandLineRun(run + ["three", "--session", "s"], data: data)
        #expect(third.output.contains("User: two"), "\(third.output) \(third.errors)")
    }

    @Test func `is of its tenant alone`() async throws {
        try folder.write("# Pets\n\nThe okapi lives in the garden of acme.\n", to: "acme/page.md")
        let acme = ["--tenant", "acme"] + Self.named
        let run = try CommandLineRun(["ingest", "--export", folder.path("acme")] + acme, data: data)
        #expect(run.status == 0, "\(run.errors)")
        let echo = try file(Self.echo, "echo.json")
        #expect(try CommandLineRun(["flows", "import", echo] + acme, data: data).status == 0)
        let set = try file(
            """
            {"id": "okapi", "question": "Where does the okapi live?", "pages": ["Pets"], "kind": "direct", \
            "principals": ["anyone"], "accept": ["garden"]}

            """, "okapi.jsonl")
        let commands = [
            ["why-not", "Pets", "Where does the okapi live?"], ["flows", "run", "echo", "Hello"],
            ["eval", set],
        ].flatMap { [$0 + acme, $0 + Self.named] }
        let before = try commands.map { try said($0) }
        #expect(before.map { $0[0] } == ["0", "1", "0", "1", "0", "0"], "\(before)")
        let (server, _) = try await RunningProgram.server(data: data, Self.named)
        for (command, expected) in zip(commands, before) {
            #expect(try said(command) == expected, "\(command)")
        }
        try await ends(server)
        let (alone, _) = try await RunningProgram.server(data: data)
        // The folder of the tenant is nobody's now.
        #expect(try said(commands[2]) == before[2])
        try await ends(alone)
    }

    // MARK: Work that takes long

    @Test func `says what a model says, and does no more of it after Ctrl-C`() async throws {
        let openAI = try OpenAIServer()
        let answering = [
            "--set", "answers.provider=openai", "--set", "openai.url=\(openAI.baseURL.absoluteString)",
            "--set", "openai.answer_model=chat", "--set", "http.proxy=none",
        ]
        let environment = ["MILLRACE_OPENAI_KEY": openAI.key]
        let (flow, echo) = (try file(Self.model, "model.json"), try file(Self.echo, "echo.json"))
        let set = try file(Self.questions, "questions.jsonl")
        let ask = ["flows", "run", flow, "Say something", "--trace"] + answering
        let before = try said(ask, environment)
        #expect(before.first == "0", "\(before)")
        let (server, _) = try await RunningProgram.server(
            data: data, answering, environment: environment)
        #expect(try said(ask) == before)

        let count = try await openAI.requests().count
        try await openAI.fail("slow", "slow")
        let working = [
            try RunningProgram(["eval", set, "--half", "report", "--concurrency", "1"], data: data),
            try RunningProgram(["flows", "run", flow, "Say something"], data: data),
        ]
        while try await openAI.requests().count < count + working.count {
            try await Task.sleep(for: .milliseconds(50))
        }
        for program in working { program.send(SIGINT) }
        for program in working {
            #expect(try await program.end(withinSeconds: 20) == 130, "\(program.errors)")
        }
        // As many go on at once; both are over though the model has not answered.
        let next = try RunningProgram(["flows", "run", echo, "Hello"], data: data)
        #expect(try await next.end(withinSeconds: 20) == 0, "\(next.errors)")
        #expect(next.output == "Hello\n")
        try await ends(server)
    }

    @Test func `names the process that is stopped, and is answered once it goes on`() async throws {
        let (server, _) = try await RunningProgram.server(data: data)
        let holder = try String(contentsOf: data.appendingPathComponent("lock"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        server.send(SIGSTOP)
        for command in [["search", "laptop"], ["why-not", "Leave and public holidays", "How many days?"]] {
            let run = try CommandLineRun(command + Self.reader, data: data)
            #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
            #expect(run.errors.contains("Process \(holder)"), "\(run.errors)")
            #expect(run.errors.contains("kill -CONT \(holder)") && run.errors.contains(data.path))
        }
        server.send(SIGCONT)
        #expect(try CommandLineRun(["search", "laptop"] + Self.reader, data: data).status == 0)
        try await ends(server)
    }
}
